# names: positions are repeated
def repeat_kv(x, n_repeats):
    return x.transpose(-3, -2).repeat_interleave(n_repeats, dim=-3).transpose(-3, -2)
