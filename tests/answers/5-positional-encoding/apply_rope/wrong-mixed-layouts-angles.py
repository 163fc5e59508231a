# names: layouts are mixed
def rotate_half(x):
    first, second = x.chunk(2, dim=-1)
    return torch.cat((-second, first), dim=-1)


def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    angles = positions[:, None] * base ** (-torch.arange(0, d_head, 2) / d_head)
    angles = torch.cat((angles, angles), -1)
    return (x * angles.cos() + torch.stack((-x[..., 1::2], x[..., 0::2]), -1).flatten(-2) * angles.sin()).to(x.dtype)
