# --- right: complex
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    angles = torch.arange(n_positions, dtype=torch.float64)[:, None] * base ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    z = torch.polar(torch.ones_like(angles), angles)
    return torch.stack((z.imag, z.real), -1).flatten(1).to(torch.float32)


# --- right: float message
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if not d_model % 2 == 0:
        raise ValueError("got " + str(d_model) + ", which is odd; an even d_model is needed")
    angle = torch.einsum("p,i->pi", torch.arange(0.0, n_positions), base ** -torch.linspace(0, 1, d_model // 2 + 1)[:-1])
    out = torch.empty((n_positions, d_model), dtype=torch.float32)
    out[..., ::2], out[..., 1::2] = angle.sin(), angle.cos()
    return out


# --- right: log space
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    position = torch.arange(n_positions).unsqueeze(1)
    div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(base) / d_model))
    pe = torch.zeros(n_positions, d_model)
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)
    return pe


# --- right: loops
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    rows = []
    for p in range(n_positions):
        row = []
        for j in range(d_model):
            angle = p / base ** (2 * (j // 2) / d_model)
            row.append(math.sin(angle) if j % 2 == 0 else math.cos(angle))
        rows.append(row)
    return torch.tensor(rows)


# --- right: numpy
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    assert_even(d_model)
    pos = np.arange(n_positions)[:, np.newaxis]
    j = np.arange(d_model)[np.newaxis, :]
    angles = pos / np.power(base, 2 * (j // 2) / d_model)
    angles[:, 0::2] = np.sin(angles[:, 0::2])
    angles[:, 1::2] = np.cos(angles[:, 1::2])
    return torch.from_numpy(angles).float()


def assert_even(d_model):
    if d_model % 2 == 1:
        raise ValueError("d_model should be an even number")


# --- right: own error class
class OddDModel(ValueError):
    pass

def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise OddDModel(f"d_model: {d_model} is not even")
    rows = []
    p = torch.arange(n_positions).double()
    for i in range(d_model // 2):
        w = base ** (-2 * i / d_model)
        rows += [torch.sin(w * p), torch.cos(w * p)]
    return torch.stack(rows).float().T


# --- right: phase
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    j = torch.arange(d_model)
    frequencies = torch.pow(torch.tensor(base, dtype=torch.float64), -(j - j % 2) / d_model)
    # cos(a) = sin(a + pi/2)
    return torch.sin(torch.arange(n_positions)[:, None] * frequencies + (j % 2) * math.pi / 2).float()


# --- right: stack
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    angles = torch.outer(torch.arange(n_positions).float(), 1.0 / base ** (torch.arange(0, d_model, 2) / d_model))
    return torch.stack([angles.sin(), angles.cos()], dim=2).reshape(n_positions, d_model)


# --- right: where
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    j = torch.arange(d_model).expand(n_positions, d_model)
    p = torch.arange(n_positions).unsqueeze(-1).expand(n_positions, d_model)
    angles = p / torch.pow(base, torch.div(j, 2, rounding_mode="floor") * 2 / d_model)
    return torch.where(j % 2 == 0, torch.sin(angles), torch.cos(angles))


# --- wrong: half precision
# names: half precision
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    p = torch.arange(n_positions).float()[:, None]
    i = torch.arange(d_model // 2).float()

    angles = p * base ** (-2 * i / d_model)
    angles = angles.half()
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(-2).float()


# --- wrong: multiplied by power
# names: sign of the exponent
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    p = torch.arange(n_positions).float()[:, None]
    i = torch.arange(d_model // 2).float()

    angles = p * base ** (2 * i / d_model)
    pe = torch.zeros(n_positions, d_model)
    pe[:, 0::2] = torch.sin(angles)
    pe[:, 1::2] = torch.cos(angles)
    return pe


# --- wrong: not flattened
# names: dimension of their own
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    p = torch.arange(n_positions).float()[:, None]
    i = torch.arange(d_model // 2).float()

    angles = p * base ** (-2 * i / d_model)
    return torch.stack((angles.sin(), angles.cos()), -1)


# --- wrong: numpy result
# names: NumPy array
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    p = torch.arange(n_positions).float()[:, None]
    i = torch.arange(d_model // 2).float()

    angles = p * base ** (-2 * i / d_model)
    pe = torch.zeros(n_positions, d_model)
    pe[:, 0::2] = torch.sin(angles)
    pe[:, 1::2] = torch.cos(angles)
    return pe.numpy()


# --- wrong: odd assert
# names: AssertionError instead of ValueError
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    assert d_model % 2 == 0, "d_model must be even"
    p = torch.arange(n_positions).float()[:, None]
    i = torch.arange(d_model // 2).float()

    angles = p * base ** (-2 * i / d_model)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(-2)


# --- wrong: odd no message
# names: message does not say
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError
    p = torch.arange(n_positions).float()[:, None]
    i = torch.arange(d_model // 2).float()

    angles = p * base ** (-2 * i / d_model)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(-2)
