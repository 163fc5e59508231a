# names: the strings are changed
def most_attended(weights, tokens):
    return [tokens[key].strip() for key in weights.argmax(-1)]
