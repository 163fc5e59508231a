def apply_rope(x, positions=None, base=10000.0):
    # to the half-split layout, rotate_half, and back
    n, d = x.shape[-2:]
    positions = torch.arange(n) if positions is None else positions
    y = torch.cat((x[..., 0::2], x[..., 1::2]), -1).float()
    angles = positions.float()[:, None] * base ** (-torch.arange(0, d, 2).float() / d)
    angles = torch.cat((angles, angles), -1)
    first, second = y.chunk(2, -1)
    y = y * angles.cos() + torch.cat((-second, first), -1) * angles.sin()
    return torch.stack(y.chunk(2, -1), -1).flatten(-2).to(x.dtype)
