# names: mean instead|number of keys
def attention_entropy(weights):
    return -torch.xlogy(weights, weights).mean(-1)
