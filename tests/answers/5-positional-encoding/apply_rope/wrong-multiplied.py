# names: multiplied by the sinusoidal
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    i = torch.arange(d_head // 2)
    angles = positions[:, None] * base ** (-2 * i / d_head)
    cos, sin = angles.cos(), angles.sin()
    return (x * torch.stack((sin, cos), -1).flatten(-2)).to(x.dtype)
