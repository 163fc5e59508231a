def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_heads if d_head is None else d_head
    n = 2 * d_model * d_head * (n_heads + n_kv_heads)
    if bias:
        n += d_head * (n_heads + 2 * n_kv_heads) + d_model
    return n
