# names: second
def most_attended(weights, tokens):
    return [tokens[i] for i in weights.argsort(dim=-1, descending=True, stable=True)[:, min(1, len(tokens) - 1)].tolist()]
