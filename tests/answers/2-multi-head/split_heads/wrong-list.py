# names: list of tensors
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads != 0:
        raise ValueError(f"n_heads = {n_heads} must divide d_model = {x.shape[-1]}")
    return x.chunk(n_heads, dim=-1)
