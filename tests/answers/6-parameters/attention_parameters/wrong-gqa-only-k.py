# names: only W_k
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_heads if d_head is None else d_head
    wide, narrow = n_heads * d_head, n_kv_heads * d_head
    return (
        linear_parameters(d_model, wide, bias)
        + linear_parameters(d_model, narrow, bias)
        + linear_parameters(d_model, wide, bias)
        + linear_parameters(wide, d_model, bias)
    )
