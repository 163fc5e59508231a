# names: n \+ 1
def causal_mask(n):
    return torch.ones(n + 1, n + 1, dtype=torch.bool).tril()
