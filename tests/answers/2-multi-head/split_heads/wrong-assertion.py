# names: AssertionError instead of ValueError
def split_heads(x, n_heads):
    assert x.shape[-1] % n_heads == 0, "n_heads must divide d_model"
    return x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)
