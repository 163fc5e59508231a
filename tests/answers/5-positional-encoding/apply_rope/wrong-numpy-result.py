# names: NumPy
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n, device=x.device)
    freq = base ** (-torch.arange(0, d_head, 2, dtype=torch.float64) / d_head)
    angle = positions.to(torch.float64)[:, None] * freq
    cos, sin = angle.cos(), angle.sin()
    even, odd = x[..., 0::2], x[..., 1::2]
    new_even = even * cos - odd * sin
    new_odd = even * sin + odd * cos
    out = torch.stack((new_even, new_odd), dim=-1).flatten(-2)
    return out.to(x.dtype).numpy()
