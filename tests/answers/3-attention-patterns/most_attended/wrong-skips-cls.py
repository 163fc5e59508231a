# names: first token
def most_attended(weights, tokens):
    return [tokens[1 + i] for i in weights[:, 1:].argmax(-1).tolist()]
