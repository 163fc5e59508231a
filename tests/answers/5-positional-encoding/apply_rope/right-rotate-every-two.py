def rotate_every_two(x):
    out = torch.empty_like(x)
    out[..., 0::2] = -x[..., 1::2]
    out[..., 1::2] = x[..., 0::2]
    return out


def apply_rope(x, positions=None, base=10000.0):
    n, d = x.shape[-2:]
    pos = torch.arange(n) if positions is None else positions
    theta = torch.exp(-math.log(base) * torch.arange(0, d, 2).float() / d)
    angles = torch.outer(pos.float(), theta).repeat_interleave(2, dim=-1)
    return (x * angles.cos() + rotate_every_two(x) * angles.sin()).type_as(x)
