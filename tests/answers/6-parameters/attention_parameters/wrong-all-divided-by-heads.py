# names: divided by the number of heads
def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    return 4 * linear_parameters(d_model, d_model, bias) // n_heads
