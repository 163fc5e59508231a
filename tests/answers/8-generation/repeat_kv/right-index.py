def repeat_kv(x, n_repeats):
    partner = torch.arange(x.shape[-3] * n_repeats) // n_repeats
    return x[..., partner, :, :]
