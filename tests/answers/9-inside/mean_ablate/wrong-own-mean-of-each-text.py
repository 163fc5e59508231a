# names: each text has its own
def mean_ablate(heads, which):
    n_heads = heads.shape[1]
    if any(not 0 <= h < n_heads for h in which):
        raise ValueError(f"which holds a head that there isn't: 0 to {n_heads - 1}")
    parts = []
    for text in heads:
        text = text.clone()
        for h in which:
            text[h] = text[h].mean(dim=0)
        parts.append(text)
    return torch.stack(parts)
