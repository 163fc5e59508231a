# names: perplexity
def attention_entropy(weights):
    return torch.exp(-torch.xlogy(weights, weights).sum(-1))
