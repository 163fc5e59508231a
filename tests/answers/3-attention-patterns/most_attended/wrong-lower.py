# names: changed
def most_attended(weights, tokens):
    return [tokens[i].lower().strip() for i in weights.argmax(-1).tolist()]
