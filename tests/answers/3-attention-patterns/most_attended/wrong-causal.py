# names: causal|later
def most_attended(weights, tokens):
    return [tokens[i] for i in weights.tril().argmax(-1).tolist()]
