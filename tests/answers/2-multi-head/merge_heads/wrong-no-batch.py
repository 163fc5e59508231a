# names: batch is not handled
def merge_heads(x):
    n_heads, n, d_head = x.shape
    return x.transpose(0, 1).reshape(n, n_heads * d_head)
