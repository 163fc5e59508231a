# names: own token
def most_attended(weights, tokens):
    return list(tokens)
