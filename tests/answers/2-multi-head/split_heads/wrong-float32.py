# names: float32
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads != 0:
        raise ValueError(f"n_heads = {n_heads} must divide d_model = {x.shape[-1]}")
    d_head = x.shape[-1] // n_heads
    heads = torch.zeros(*x.shape[:-2], n_heads, x.shape[-2], d_head)
    for h in range(n_heads):
        heads[..., h, :, :] = x[..., h * d_head : (h + 1) * d_head]
    return heads
