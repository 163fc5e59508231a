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
