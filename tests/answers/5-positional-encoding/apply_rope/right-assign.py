def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    i = torch.arange(d_head // 2)
    angles = positions[:, None] * base ** (-2 * i / d_head)
    cos, sin = angles.cos(), angles.sin()

    out = torch.empty_like(x)
    out[..., 0::2] = x[..., 0::2] * cos - x[..., 1::2] * sin
    out[..., 1::2] = x[..., 0::2] * sin + x[..., 1::2] * cos
    return out
