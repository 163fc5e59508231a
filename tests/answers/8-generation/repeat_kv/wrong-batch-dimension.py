# names: batch is not handled
def repeat_kv(x, n_repeats):
    batch, n_kv_heads, n, d_head = x.shape
    copies = x[:, :, None].expand(batch, n_kv_heads, n_repeats, n, d_head)
    return copies.reshape(batch, n_kv_heads * n_repeats, n, d_head)
