def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_heads if d_head is None else d_head

    outputs = np.array([n_heads * d_head, n_kv_heads * d_head, n_kv_heads * d_head, d_model], dtype=np.int64)
    inputs = np.array([d_model, d_model, d_model, n_heads * d_head], dtype=np.int64)
    return int((inputs * outputs).sum() + (outputs.sum() if bias else 0))
