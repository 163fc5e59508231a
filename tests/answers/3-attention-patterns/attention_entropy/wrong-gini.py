# names: logarithm|Gini
def attention_entropy(weights):
    return 1 - (weights ** 2).sum(-1)
