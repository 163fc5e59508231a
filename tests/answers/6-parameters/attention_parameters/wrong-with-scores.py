# names: scores
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    if n_kv_heads is None:
        n_kv_heads = n_heads
    if d_head is None:
        d_head = d_model // n_heads
    q_out = n_heads * d_head
    kv_out = n_kv_heads * d_head
    q = d_model * q_out
    k = d_model * kv_out
    v = d_model * kv_out
    o = q_out * d_model
    total = q + k + v + o
    if bias:
        total += q_out + kv_out + kv_out + d_model
    return total + n_heads * n_heads
