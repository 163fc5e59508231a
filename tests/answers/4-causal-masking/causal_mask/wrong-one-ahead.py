# names: off by one.*ahead
def causal_mask(n):
    return torch.ones(n, n, dtype=torch.bool).tril(1)
