# names: transpose is missing
def split_heads(x, n_heads):
    *batch, n, d_model = x.shape
    if d_model % n_heads != 0:
        raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
    return x.reshape(*batch, n, n_heads, d_model // n_heads)
