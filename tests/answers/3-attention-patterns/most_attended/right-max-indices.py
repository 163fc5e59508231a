def most_attended(weights, tokens):
    _, indices = torch.max(weights, dim=-1)
    return [tokens[i.item()] for i in indices]
