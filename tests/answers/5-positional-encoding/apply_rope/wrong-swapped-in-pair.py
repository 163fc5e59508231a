# names: changed places
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    i = torch.arange(d_head // 2)
    angles = positions[:, None] * base ** (-2 * i / d_head)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * sin + b * cos, a * cos - b * sin), -1).flatten(-2).to(x.dtype)
