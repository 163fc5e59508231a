# names: float32
def attention_entropy(weights):
    return -torch.xlogy(weights, weights).sum(-1).float()
