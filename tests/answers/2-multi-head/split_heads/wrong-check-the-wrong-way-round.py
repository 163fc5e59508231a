# names: good input is refused
def split_heads(x, n_heads):
    d_model = x.shape[-1]
    if n_heads % d_model != 0:
        raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
    return x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)
