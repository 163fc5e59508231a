def most_attended(weights, tokens):
    return tuple(tokens[i] for i in weights.argmax(dim=1).tolist())
