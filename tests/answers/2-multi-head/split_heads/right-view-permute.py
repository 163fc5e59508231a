def split_heads(x, n_heads):
    *batch, n, d_model = x.shape
    if d_model % n_heads != 0:
        raise ValueError("d_model (%d) is not divisible by n_heads (%d)" % (d_model, n_heads))
    x = x.view(*batch, n, n_heads, d_model // n_heads)
    b = len(batch)
    return x.permute(*range(b), b + 1, b, b + 2).contiguous()
