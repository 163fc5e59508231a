# --- right: assign
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    i = torch.arange(d_head // 2)
    angles = positions[:, None] * base ** (-2 * i / d_head)
    cos, sin = angles.cos(), angles.sin()

    out = torch.empty_like(x)
    out[..., 0::2] = x[..., 0::2] * cos - x[..., 1::2] * sin
    out[..., 1::2] = x[..., 0::2] * sin + x[..., 1::2] * cos
    return out


# --- right: complex
def apply_rope(x, positions=None, base=10000.0):
    if positions is None:
        positions = torch.arange(x.shape[-2])
    inv_freq = 1.0 / (base ** (torch.arange(0, x.shape[-1], 2).float() / x.shape[-1]))
    freqs = torch.outer(positions.float(), inv_freq)
    cis = torch.polar(torch.ones_like(freqs), freqs)
    z = torch.view_as_complex(x.float().reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(z * cis).flatten(-2).to(x.dtype)


# --- right: einsum
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)

    half = torch.arange(0, d_head, 2, dtype=torch.float64) / d_head
    angles = torch.einsum("n,i->ni", positions.double(), base ** -half)
    even, odd = x[..., ::2].double(), x[..., 1::2].double()
    pairs = (even * angles.cos() - odd * angles.sin(), even * angles.sin() + odd * angles.cos())
    return torch.stack(pairs, dim=-1).reshape(x.shape).to(x.dtype)


# --- right: loop
def apply_rope(x, positions=None, base=10000.0):
    out = x.clone()
    d_head = x.shape[-1]
    for row in range(x.shape[-2]):
        p = row if positions is None else positions[row].item()
        for i in range(d_head // 2):
            angle = p * base ** (-2 * i / d_head)
            a, b = x[..., row, 2 * i], x[..., row, 2 * i + 1]
            out[..., row, 2 * i] = a * math.cos(angle) - b * math.sin(angle)
            out[..., row, 2 * i + 1] = a * math.sin(angle) + b * math.cos(angle)
    return out


# --- right: matrices
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    i = torch.arange(d_head // 2)
    angles = positions[:, None] * base ** (-2 * i / d_head)
    cos, sin = angles.cos(), angles.sin()

    R = torch.stack((torch.stack((cos, -sin), -1), torch.stack((sin, cos), -1)), -2).to(x.dtype)
    pairs = x.unflatten(-1, (-1, 2)).unsqueeze(-1)
    return (R @ pairs).squeeze(-1).flatten(-2)


# --- right: numpy
def apply_rope(x, positions=None, base=10000.0):
    v = x.double().numpy()
    n, d = v.shape[-2:]
    p = np.arange(n) if positions is None else positions.numpy()
    angles = p[:, None] * np.power(float(base), -2.0 * np.arange(d // 2) / d)[None]
    out = np.empty_like(v)
    out[..., ::2] = v[..., ::2] * np.cos(angles) - v[..., 1::2] * np.sin(angles)
    out[..., 1::2] = v[..., ::2] * np.sin(angles) + v[..., 1::2] * np.cos(angles)
    return torch.from_numpy(out).to(x.dtype)


# --- right: rotate every two
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


# --- right: through halves
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


# --- wrong: exponent sign
# names: sign of the exponent
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    i = torch.arange(d_head // 2)
    angles = positions[:, None] * base ** (2 * i / d_head)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)


# --- wrong: half split
# names: half-split.*interleaved
def rotate_half(x):
    first, second = x.chunk(2, dim=-1)
    return torch.cat((-second, first), dim=-1)


def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    angles = positions[:, None] * base ** (-torch.arange(0, d_head, 2) / d_head)
    angles = torch.cat((angles, angles), -1)
    return (x * angles.cos() + rotate_half(x) * angles.sin()).to(x.dtype)


# --- wrong: in place
# names: changes its argument x
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    angles = positions[:, None] * base ** (-2 * torch.arange(d_head // 2) / d_head)
    cos, sin = angles.cos(), angles.sin()
    even, odd = x[..., 0::2].clone(), x[..., 1::2].clone()
    x[..., 0::2] = even * cos - odd * sin
    x[..., 1::2] = even * sin + odd * cos
    return x


# --- wrong: native dtype
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


# --- wrong: overwritten
# names: overwritten
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    i = torch.arange(d_head // 2)
    angles = positions[:, None] * base ** (-2 * i / d_head)
    cos, sin = angles.cos(), angles.sin()

    out = x.clone()
    out[..., 0::2] = out[..., 0::2] * cos - out[..., 1::2] * sin
    out[..., 1::2] = out[..., 0::2] * sin + out[..., 1::2] * cos
    return out


# --- wrong: promoted
# names: keeps the dtype
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2], x.shape[-1]
    if positions is None:
        positions = torch.arange(n)
    i = torch.arange(d_head // 2)
    angles = positions[:, None] * base ** (-2 * i / d_head)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


# --- wrong: table of rows
# names: positions are misread
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape[-2:]
    angles = torch.arange(n)[:, None] * base ** (-torch.arange(0, d_head, 2) / d_head)
    if positions is not None:
        angles = angles[positions]
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)


# --- wrong: two dimensions only
# names: leading dimensions
def apply_rope(x, positions=None, base=10000.0):
    n, d_head = x.shape
    if positions is None:
        positions = torch.arange(n)
    i = torch.arange(d_head // 2)
    angles = positions[:, None] * base ** (-2 * i / d_head)
    cos, sin = angles.cos(), angles.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)
