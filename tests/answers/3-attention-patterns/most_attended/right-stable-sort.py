def most_attended(weights, tokens):
    order = torch.sort(weights, dim=-1, descending=True, stable=True).indices
    return [tokens[i] for i in order[:, 0].tolist()]
