def attention_entropy(weights):
    log = torch.where(weights > 0, weights, torch.ones_like(weights)).log()
    return -(weights * log).sum(-1)
