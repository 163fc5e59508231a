# names: return
def attention_entropy(weights):
    entropy = -torch.xlogy(weights, weights).sum(-1)
