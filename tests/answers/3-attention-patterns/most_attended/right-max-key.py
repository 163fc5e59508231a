def most_attended(weights, tokens):
    return [tokens[max(range(len(row)), key=row.__getitem__)] for row in weights.tolist()]
