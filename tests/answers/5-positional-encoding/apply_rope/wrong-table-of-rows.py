# names: positions are misread
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2:]
    angles = torch.arange(n)[:, None] * base ** (-torch.arange(0, d_head, 2) / d_head)
    if positions is not None:
        angles = angles[positions]
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)
