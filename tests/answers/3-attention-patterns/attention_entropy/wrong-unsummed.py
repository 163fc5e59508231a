# names: not summed
def attention_entropy(weights):
    return -torch.xlogy(weights, weights)
