# names: log10
def attention_entropy(weights):
    log = torch.where(weights > 0, weights, 1.0).log10()
    return -(weights * log).sum(-1)
