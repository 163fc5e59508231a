# names: every feature is a sine
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if d_model % 2:
        raise ValueError(f"d_model must be even, got {d_model}")
    p = torch.arange(n_positions).float()[:, None]
    i = torch.arange(d_model // 2).float()

    angles = p * base ** (-2 * i / d_model)
    pe = torch.zeros(n_positions, d_model)
    pe[:, 0::2] = torch.sin(angles)
    pe[:, 1::2] = torch.sin(angles)
    return pe
