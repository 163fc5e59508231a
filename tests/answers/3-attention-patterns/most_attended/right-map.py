def most_attended(weights, tokens):
    lookup = dict(enumerate(tokens))
    return list(map(lookup.get, weights.argmax(-1).tolist()))
