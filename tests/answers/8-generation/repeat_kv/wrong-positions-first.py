# names: third dimension from the end|positions|n_kv_heads \* n_repeats
def repeat_kv(x, n_repeats):
    return x.transpose(-3, -2).repeat_interleave(n_repeats, dim=-3).transpose(-3, -2)
