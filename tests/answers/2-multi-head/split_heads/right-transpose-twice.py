def split_heads(x, n_heads):
    d_model = x.shape[-1]
    if d_model % n_heads > 0:
        raise ValueError(f"n_heads should divide {d_model}, and {n_heads} does not")
    rows = x.transpose(-2, -1)
    return rows.reshape(*rows.shape[:-2], n_heads, d_model // n_heads, rows.shape[-1]).transpose(-2, -1)
