# names: smallest|argmin
def most_attended(weights, tokens):
    return [tokens[i] for i in weights.argmin(-1).tolist()]
