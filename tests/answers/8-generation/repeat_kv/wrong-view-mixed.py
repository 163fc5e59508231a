# names: again and again \(0, 1, 0, 1
def repeat_kv(x, n_repeats):
    *batch, n_kv_heads, n, d_head = x.shape
    copies = x.unsqueeze(-4).expand(*batch, n_repeats, n_kv_heads, n, d_head)
    return copies.reshape(*batch, n_repeats * n_kv_heads, n, d_head)
