# names: float32
def merge_heads(x):
    n_heads, n, d_head = x.shape[-3:]
    merged = torch.zeros(*x.shape[:-3], n, n_heads * d_head)
    for h in range(n_heads):
        merged[..., h * d_head : (h + 1) * d_head] = x[..., h, :, :]
    return merged
