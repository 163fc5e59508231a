def split_heads(x, n_heads):
    d_model = x.size(-1)
    if d_model % n_heads:
        raise ValueError(f"n_heads={n_heads} must divide d_model={d_model}")
    return x.unflatten(-1, (n_heads, d_model // n_heads)).transpose(-3, -2)
