# names: one token for all|each query
def most_attended(weights, tokens):
    return tokens[int(weights.sum(0).argmax())]
