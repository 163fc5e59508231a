# names: only the diagonal
def causal_mask(n):
    return torch.eye(n, dtype=torch.bool)
