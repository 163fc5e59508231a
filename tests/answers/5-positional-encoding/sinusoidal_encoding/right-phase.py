def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    j = torch.arange(d_model)
    frequencies = torch.pow(torch.tensor(base, dtype=torch.float64), -(j - j % 2) / d_model)
    # cos(a) = sin(a + pi/2)
    return torch.sin(torch.arange(n_positions)[:, None] * frequencies + (j % 2) * math.pi / 2).float()
