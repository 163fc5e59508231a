# names: not scaled to a sum of 1
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    kept = probabilities.clone()
    # From the least likely token on, as long as top_p is left.
    for token in range(probabilities.shape[-1] if top_p < 1 else 0):
        smallest = kept.masked_fill(kept == 0, 2.0).argmin(dim=-1, keepdim=True)
        without = kept.scatter(-1, smallest, 0.0)
        kept = torch.where(without.sum(dim=-1, keepdim=True) >= top_p, without, kept)
    return kept
