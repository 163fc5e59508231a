# names: extra \(batch\) dimension
def causal_mask(n):
    return torch.ones(n, n, dtype=torch.bool).tril().unsqueeze(0)
