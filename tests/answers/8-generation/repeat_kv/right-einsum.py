def repeat_kv(x, n_repeats):
    ones = torch.ones(n_repeats, dtype=x.dtype)
    return torch.einsum("...hnd,r->...hrnd", x, ones).flatten(-4, -3)
