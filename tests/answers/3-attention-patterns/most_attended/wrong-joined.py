# names: joined
def most_attended(weights, tokens):
    return ' '.join(tokens[i] for i in weights.argmax(-1).tolist())
