# names: counted from the front
def split_heads(x, n_heads):
    d_model = x.shape[-1]
    if d_model % n_heads != 0:
        raise ValueError(f"d_model ({d_model}) must be divisible by n_heads ({n_heads})")
    return x.reshape(*x.shape[:-1], n_heads, d_model // n_heads).transpose(1, 2)
