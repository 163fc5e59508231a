# names: NaN or infinity comes back
def attention_entropy(weights):
    return -(weights * weights.log()).sum(-1)
