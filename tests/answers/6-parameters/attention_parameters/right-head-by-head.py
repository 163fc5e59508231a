def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_heads if d_head is None else d_head

    one = d_model * d_head + (d_head if bias else 0)
    total = 0
    for _ in range(n_heads):
        total += one + d_head * d_model
    for _ in range(n_kv_heads):
        total += 2 * one
    return total + (d_model if bias else 0)
