# names: depend on n, the number of positions
def alibi_bias(n_heads, n):
    h = torch.arange(1, n_heads + 1).float()
    slopes = 2.0 ** (-8 * h / n)
    p = torch.arange(n)
    distance = (p[None, :] - p[:, None]).abs()
    return -slopes[:, None, None] * distance
