# names: bad input is not refused
def mean_ablate(heads, which):
    n_heads = heads.shape[1]
    if any(h >= n_heads for h in which):
        raise ValueError(f"which holds a head that there isn't: 0 to {n_heads - 1}")
    result = heads.clone()
    for h in which:
        result[:, h] = heads[:, h].mean(dim=(0, 1))
    return result
