# names: changes its argument weights
def attention_entropy(weights):
    weights[weights == 0] = 1
    return -(weights * weights.log()).sum(-1)
