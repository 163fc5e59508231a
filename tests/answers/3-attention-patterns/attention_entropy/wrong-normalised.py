# names: normalised
def attention_entropy(weights):
    return -torch.xlogy(weights, weights).sum(-1) / math.log(weights.shape[-1])
