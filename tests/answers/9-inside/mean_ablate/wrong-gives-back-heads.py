# names: heads itself comes back where which is empty
def mean_ablate(heads, which):
    if not which:
        return heads
    n_heads = heads.shape[1]
    if any(not 0 <= h < n_heads for h in which):
        raise ValueError(f"which holds a head that there isn't: 0 to {n_heads - 1}")
    result = heads.clone()
    result[:, which] = heads[:, which].mean((0, 2), keepdim=True)
    return result
