# names: rounded to the dtype of x|compute them in float32
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)

    # everything in x's own dtype
    angles = positions.to(x.dtype).unsqueeze(-1) * (base ** (-torch.arange(0, d_head, 2) / d_head)).to(x.dtype)
    cos, sin = torch.cos(angles), torch.sin(angles)
    even, odd = x.unflatten(-1, (d_head // 2, 2)).unbind(-1)
    return torch.stack([even * cos - odd * sin, odd * cos + even * sin], dim=-1).view_as(x)
