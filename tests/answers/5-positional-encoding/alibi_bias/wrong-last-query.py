# names: one row for all queries|last query
def alibi_bias(n_heads, n):
    slopes = 2.0 ** (-8.0 * torch.arange(1, n_heads + 1) / n_heads)
    return (-slopes[:, None, None] * torch.arange(n - 1, -1, -1)).expand(n_heads, n, n)
