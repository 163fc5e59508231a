# names: a window
def causal_mask(n):
    m = torch.ones(n, n, dtype=torch.bool)
    return m.tril() & m.triu(-2)
