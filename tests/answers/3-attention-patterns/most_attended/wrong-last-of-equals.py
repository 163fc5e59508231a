# names: last
def most_attended(weights, tokens):
    n = weights.shape[-1]
    return [tokens[n - 1 - i] for i in weights.flip(-1).argmax(-1).tolist()]
