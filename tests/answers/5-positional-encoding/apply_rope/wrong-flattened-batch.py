# names: counted on through the batch|leading dimensions
def apply_rope(x, positions=None, base=10000.0):
    y = x.reshape(-1, x.shape[-1])
    n, d_head = y.shape
    if positions is None or len(positions) != n:
        positions = torch.arange(n)
    angles = positions[:, None] * base ** (-torch.arange(0, d_head, 2) / d_head)
    a, b = y[:, 0::2], y[:, 1::2]
    out = torch.stack((a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()), -1)
    return out.reshape(x.shape).to(x.dtype)
