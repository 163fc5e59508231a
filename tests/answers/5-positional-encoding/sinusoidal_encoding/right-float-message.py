def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    if not d_model % 2 == 0:
        raise ValueError("got " + str(d_model) + ", which is odd; an even d_model is needed")
    angle = torch.einsum("p,i->pi", torch.arange(0.0, n_positions), base ** -torch.linspace(0, 1, d_model // 2 + 1)[:-1])
    out = torch.empty((n_positions, d_model), dtype=torch.float32)
    out[..., ::2], out[..., 1::2] = angle.sin(), angle.cos()
    return out
