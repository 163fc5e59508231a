# names: W_o is forgotten
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
    d_head = d_model // n_heads if d_head is None else d_head
    return linear_parameters(d_model, n_heads * d_head, bias) + 2 * linear_parameters(d_model, n_kv_heads * d_head, bias)
