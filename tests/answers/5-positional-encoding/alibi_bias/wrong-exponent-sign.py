# names: sign of the slope's exponent
def alibi_bias(n_heads, n):
    h = torch.arange(1, n_heads + 1).float()
    slopes = 2.0 ** (8 * h / n_heads)
    p = torch.arange(n)
    distance = (p[None, :] - p[:, None]).abs()
    return -slopes[:, None, None] * distance
