# names: dimension too many
def repeat_kv(x, n_repeats):
    *batch, n_kv_heads, n, d_head = x.shape
    return x[..., None, :, :].expand(*batch, n_kv_heads, n_repeats, n, d_head)
