# names: the logarithm is missing
def attention_entropy(weights):
    return -(weights * weights).sum(-1)
