# names: slope is 1/h
def alibi_bias(n_heads, n):
    h = torch.arange(1, n_heads + 1).float()
    slopes = 1 / h
    p = torch.arange(n)
    distance = (p[None, :] - p[:, None]).abs()
    return -slopes[:, None, None] * distance
