# names: at top_p = 1\.0 tokens are lost
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    ordered, ids = probabilities.sort(dim=-1, descending=True)
    size = (ordered.cumsum(dim=-1) < top_p).sum(dim=-1, keepdim=True) + 1
    kept = ordered * (torch.arange(ordered.shape[-1]) < size)
    return torch.zeros_like(kept).scatter(-1, ids, kept / kept.sum(dim=-1, keepdim=True))
