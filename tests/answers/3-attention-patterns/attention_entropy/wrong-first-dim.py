# names: first dimension|queries|last
def attention_entropy(weights):
    return -torch.xlogy(weights, weights).sum(0)
