# names: contiguous
def merge_heads(x):
    *batch, n_heads, n, d_head = x.shape
    return x.transpose(-3, -2).view(*batch, n, n_heads * d_head)
