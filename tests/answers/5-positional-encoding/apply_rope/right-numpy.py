def apply_rope(x, positions=None, base=10000.0):
    v = x.double().numpy()
    n, d = v.shape[-2:]
    p = np.arange(n) if positions is None else positions.numpy()
    angles = p[:, None] * np.power(float(base), -2.0 * np.arange(d // 2) / d)[None]
    out = np.empty_like(v)
    out[..., ::2] = v[..., ::2] * np.cos(angles) - v[..., 1::2] * np.sin(angles)
    out[..., 1::2] = v[..., ::2] * np.sin(angles) + v[..., 1::2] * np.cos(angles)
    return torch.from_numpy(out).to(x.dtype)
