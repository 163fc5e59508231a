def repeat_kv(x, n_repeats):
    return torch.stack([x] * n_repeats, dim=-3).flatten(-4, -3)
