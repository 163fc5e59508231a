# names: other diagonal
def causal_mask(n):
    i = torch.arange(n)
    return i[:, None] + i[None, :] < n
