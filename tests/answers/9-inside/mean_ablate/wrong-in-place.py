# names: changes its argument heads
def mean_ablate(heads, which):
    n_heads = heads.shape[1]
    if any(not 0 <= h < n_heads for h in which):
        raise ValueError(f"which holds a head that there isn't: 0 to {n_heads - 1}")
    for h in which:
        heads[:, h] = heads[:, h].mean(dim=(0, 1))
    return heads.clone()
