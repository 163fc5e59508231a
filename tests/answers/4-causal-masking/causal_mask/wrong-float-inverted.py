# names: inverted
def causal_mask(n):
    return torch.ones(n, n).triu(1)
