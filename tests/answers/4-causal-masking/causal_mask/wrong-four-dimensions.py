# names: extra dimensions.*batch and heads
def causal_mask(n):
    return torch.ones(n, n, dtype=torch.bool).tril().view(1, 1, n, n)
