# names: weight in front
def attention_entropy(weights):
    return -(weights + 1e-12).log().sum(-1)
