# names: first row decides for all rows
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    ordered, ids = probabilities.sort(dim=-1, descending=True)
    row = ordered.reshape(-1, ordered.shape[-1])[0].cumsum(dim=-1)
    size = int((row < top_p).sum()) + 1
    kept = ordered.clone()
    kept[..., size:] = 0.0
    return torch.zeros_like(kept).scatter(-1, ids, kept / kept.sum(dim=-1, keepdim=True))
