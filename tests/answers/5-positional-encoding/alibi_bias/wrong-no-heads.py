# names: without the heads
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)
    p = torch.arange(n)
    distance = (p[None, :] - p[:, None]).abs()
    bias = -slopes[:, None, None] * distance
    return bias[0]
