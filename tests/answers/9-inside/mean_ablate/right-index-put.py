def mean_ablate(heads, which):
    bad = [h for h in which if not 0 <= h < heads.shape[1]]
    if bad:
        raise ValueError(f"index {bad[0]} in which is out of range")
    result = torch.empty_like(heads).copy_(heads)
    if which:
        means = heads[:, which].mean(dim=(0, 2), keepdim=True)
        result[:, which] = means.expand(heads.shape[0], -1, heads.shape[2], -1)
    return result
