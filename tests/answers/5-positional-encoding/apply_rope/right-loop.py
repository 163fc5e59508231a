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
