# names: after the sum
def attention_entropy(weights):
    return (-(weights * weights.log()).sum(-1)).nan_to_num(0.0)
