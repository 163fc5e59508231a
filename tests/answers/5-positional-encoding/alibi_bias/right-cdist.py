def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)

    p = torch.arange(n).float().unsqueeze(-1)
    return (-slopes)[:, None, None] * torch.cdist(p, p, p=1)
