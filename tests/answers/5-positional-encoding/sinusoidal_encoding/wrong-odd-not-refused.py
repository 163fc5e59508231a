# names: not refused|RuntimeError instead
def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    p = torch.arange(n_positions).float()[:, None]
    i = torch.arange(d_model // 2).float()

    angles = p * base ** (-2 * i / d_model)
    return torch.stack((angles.sin(), angles.cos()), -1).flatten(-2)
