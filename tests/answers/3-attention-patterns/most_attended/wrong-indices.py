# names: indices
def most_attended(weights, tokens):
    return weights.argmax(-1).tolist()
