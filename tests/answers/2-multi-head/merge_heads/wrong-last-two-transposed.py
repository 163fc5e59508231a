# names: wrong pair.*-2, -1
def merge_heads(x):
    *batch, n_heads, n, d_head = x.shape
    return x.transpose(-2, -1).reshape(*batch, n, n_heads * d_head)
