# names: bits|base 2
def attention_entropy(weights):
    log = torch.where(weights > 0, weights, 1.0).log2()
    return -(weights * log).sum(-1)
