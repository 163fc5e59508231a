# names: off by one
def most_attended(weights, tokens):
    return [tokens[i - 1] for i in weights.argmax(-1).tolist()]
