# names: repeated|set
def most_attended(weights, tokens):
    return list(dict.fromkeys(tokens[i] for i in weights.argmax(-1).tolist()))
