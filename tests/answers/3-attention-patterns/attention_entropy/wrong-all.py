# names: all weights at once|averaged
def attention_entropy(weights):
    return -torch.xlogy(weights, weights).sum()
