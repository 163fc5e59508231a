def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    angles = torch.arange(n_positions, dtype=torch.float64)[:, None] * base ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    z = torch.polar(torch.ones_like(angles), angles)
    return torch.stack((z.imag, z.real), -1).flatten(1).to(torch.float32)
