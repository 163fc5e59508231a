def mean_ablate(heads, which):
    batch, n_heads, n, _ = heads.shape
    wrong = [h for h in which if h < 0 or h > n_heads - 1]
    if wrong:
        raise ValueError(f"which: no such heads: {wrong}")
    means = torch.einsum("bhnd->hd", heads) / (batch * n)
    off = torch.zeros(n_heads, 1, dtype=heads.dtype)
    off[which] = 1
    return (1 - off[:, None]) * heads + (off * means)[:, None]
