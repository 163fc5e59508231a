# names: n_heads and d_head are swapped
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads != 0:
        raise ValueError(f"n_heads = {n_heads} must divide d_model = {x.shape[-1]}")
    return torch.stack(torch.split(x, n_heads, dim=-1), dim=-3)
