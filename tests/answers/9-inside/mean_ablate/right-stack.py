def mean_ablate(heads, which):
    for h in which:
        if not 0 <= h < heads.shape[1]:
            raise ValueError(f"which has the index {h}")
    parts = []
    for h, brought in enumerate(heads.unbind(1)):
        if h in set(which):
            brought = brought.flatten(0, 1).mean(0).expand_as(brought)
        parts.append(brought)
    return torch.stack(parts, dim=1)
