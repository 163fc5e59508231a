# names: d_model // n_kv_heads
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_kv_heads if d_head is None else d_head
    return 2 * d_model * d_head * (n_heads + n_kv_heads) + (d_head * (n_heads + 2 * n_kv_heads) + d_model if bias else 0)
