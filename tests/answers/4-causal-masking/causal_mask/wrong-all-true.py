# names: nothing is masked
def causal_mask(n):
    return torch.ones(n, n, dtype=torch.bool)
