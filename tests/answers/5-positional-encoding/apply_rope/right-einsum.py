def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)

    half = torch.arange(0, d_head, 2, dtype=torch.float64) / d_head
    angles = torch.einsum("n,i->ni", positions.double(), base ** -half)
    even, odd = x[..., ::2].double(), x[..., 1::2].double()
    pairs = (even * angles.cos() - odd * angles.sin(), even * angles.sin() + odd * angles.cos())
    return torch.stack(pairs, dim=-1).reshape(x.shape).to(x.dtype)
