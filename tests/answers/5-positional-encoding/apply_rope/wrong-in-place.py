# names: changes its argument x
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    angles = positions[:, None] * base ** (-2 * torch.arange(d_head // 2) / d_head)
    cos, sin = angles.cos(), angles.sin()
    even, odd = x[..., 0::2].clone(), x[..., 1::2].clone()
    x[..., 0::2] = even * cos - odd * sin
    x[..., 1::2] = even * sin + odd * cos
    return x
