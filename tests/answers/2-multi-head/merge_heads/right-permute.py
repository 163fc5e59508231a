def merge_heads(x):
    batch = list(range(x.dim() - 3))
    k = len(batch)
    x = x.permute(*batch, k + 1, k, k + 2)
    return x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1])
