# names: wrong dimension|leading dimensions
def apply_rope(x, positions=None, base=10000.0):
    if x.dim() < 4:
        x_ = x[None, :, None] if x.dim() == 2 else x[:, :, None]
    else:
        x_ = x
    n, d_head = x_.shape[1], x_.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    angles = positions[:, None] * base ** (-torch.arange(0, d_head, 2) / d_head)
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    a, b = x_[..., 0::2], x_[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).reshape(x.shape).to(x.dtype)
