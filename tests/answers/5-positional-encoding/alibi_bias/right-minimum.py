def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)

    d = torch.arange(n)[None] - torch.arange(n)[:, None]
    return torch.stack([m * torch.minimum(d, -d) for m in slopes])
