# names: all four matrices|n_kv_heads.*ignored|n_heads too
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    return 4 * linear_parameters(d_model, d_model, bias)
