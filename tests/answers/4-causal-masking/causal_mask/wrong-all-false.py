# names: everything is False
def causal_mask(n):
    return torch.zeros(n, n, dtype=torch.bool)
