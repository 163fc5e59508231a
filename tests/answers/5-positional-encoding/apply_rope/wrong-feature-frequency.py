# names: own angle
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)

    angles = positions[:, None] * base ** (-torch.arange(d_head) / d_head)
    turned = torch.stack((-x[..., 1::2], x[..., 0::2]), -1).flatten(-2)
    return (x * angles.cos() + turned * angles.sin()).to(x.dtype)
