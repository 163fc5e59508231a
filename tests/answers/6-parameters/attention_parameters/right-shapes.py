def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    d = d_head or d_model // n_heads
    kv = (n_kv_heads or n_heads) * d
    shapes = [(d_model, n_heads * d), (d_model, kv), (d_model, kv), (n_heads * d, d_model)]
    return sum(i * o + o * bool(bias) for i, o in shapes)
