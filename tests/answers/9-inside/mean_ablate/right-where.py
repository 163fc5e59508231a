def mean_ablate(heads, which):
    n_heads = heads.size(1)
    if any(h not in range(n_heads) for h in which):
        raise ValueError(f"which must be a list of indices from 0 to {n_heads - 1}, not {which}")
    off = torch.tensor([h in which for h in range(n_heads)])[None, :, None, None]
    return torch.where(off, heads.mean(dim=(0, 2), keepdim=True), heads)
