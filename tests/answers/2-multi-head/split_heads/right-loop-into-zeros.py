def split_heads(x, n_heads):
    n, d_model = x.shape[-2:]
    if d_model // n_heads * n_heads != d_model:
        raise ValueError(f"d_model must be a multiple of n_heads, got {d_model} and {n_heads}")
    d_head = d_model // n_heads
    heads = torch.zeros(*x.shape[:-2], n_heads, n, d_head, dtype=x.dtype)
    for h in range(n_heads):
        heads[..., h, :, :] = x.narrow(-1, h * d_head, d_head)
    return heads
