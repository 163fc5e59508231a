# names: return
def most_attended(weights, tokens):
    [tokens[i] for i in weights.argmax(-1).tolist()]
