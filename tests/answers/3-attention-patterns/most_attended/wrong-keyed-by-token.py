# names: repeated tokens share one answer
def most_attended(weights, tokens):
    best = {}
    for i, j in enumerate(weights.argmax(dim=-1).tolist()):
        best[tokens[i]] = tokens[j]
    return list(best.values())
