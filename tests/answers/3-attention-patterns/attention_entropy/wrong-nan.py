# names: 0 ln 0|xlogy
def attention_entropy(weights):
    return -(weights * weights.log()).sum(-1)
