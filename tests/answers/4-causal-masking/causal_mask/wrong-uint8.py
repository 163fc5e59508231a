# names: not boolean
def causal_mask(n):
    return torch.ones(n, n, dtype=torch.uint8).tril()
