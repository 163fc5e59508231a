# names: runs over queries
def attention_entropy(weights):
    return -torch.xlogy(weights, weights).sum(-2 if weights.dim() > 1 else -1)
