# names: nothing is returned
def causal_mask(n):
    mask = torch.tril(torch.ones(n, n, dtype=torch.bool))
