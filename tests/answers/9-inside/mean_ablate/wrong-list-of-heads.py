# names: a list comes back
def mean_ablate(heads, which):
    if any(h < 0 or h >= heads.shape[1] for h in which):
        raise ValueError("which holds a head that there isn't")
    means = heads.mean((0, 2))
    return [
        means[h].expand_as(heads[:, h]) if h in which else heads[:, h]
        for h in range(heads.shape[1])
    ]
