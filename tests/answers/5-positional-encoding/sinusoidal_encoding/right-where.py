def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    j = torch.arange(d_model).expand(n_positions, d_model)
    p = torch.arange(n_positions).unsqueeze(-1).expand(n_positions, d_model)
    angles = p / torch.pow(base, torch.div(j, 2, rounding_mode="floor") * 2 / d_model)
    return torch.where(j % 2 == 0, torch.sin(angles), torch.cos(angles))
