# names: a size is a float
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads:
        raise ValueError("n_heads must divide d_model")
    d_head = x.shape[-1] / n_heads
    return x.reshape(*x.shape[:-1], n_heads, d_head).transpose(-3, -2)
