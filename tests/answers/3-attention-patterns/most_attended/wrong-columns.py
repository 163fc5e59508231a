# names: columns|dim 0
def most_attended(weights, tokens):
    return [tokens[i] for i in weights.argmax(0).tolist()]
