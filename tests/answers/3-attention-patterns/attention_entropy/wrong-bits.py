# names: bits|base 2
def attention_entropy(weights):
    return -torch.xlogy(weights, weights).sum(-1) / math.log(2)
