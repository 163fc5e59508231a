def merge_heads(x):
    *batch, n_heads, n, d_head = x.size()
    return x.transpose(-2, -3).contiguous().view(*batch, n, n_heads * d_head)
