def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)

    p = torch.arange(n, dtype=torch.float32)
    lower = (p[:, None] - p).tril()
    return -(lower + lower.T) * slopes[:, None, None]
