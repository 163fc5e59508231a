# names: logarithm
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)
    p = torch.arange(n)
    distance = torch.log1p((p[None, :] - p[:, None]).abs().float())
    return -slopes[:, None, None] * distance
