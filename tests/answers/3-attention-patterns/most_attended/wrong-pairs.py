# names: pairs
def most_attended(weights, tokens):
    return [(t, tokens[i]) for t, i in zip(tokens, weights.argmax(-1).tolist())]
