# names: message does not say which argument
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads != 0:
        raise ValueError
    return x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)
