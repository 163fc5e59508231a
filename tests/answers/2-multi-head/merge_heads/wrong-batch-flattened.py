# names: batch dimensions are flattened
def merge_heads(x):
    n_heads, n, d_head = x.shape[-3:]
    return x.transpose(-3, -2).reshape(-1, n_heads * d_head)
