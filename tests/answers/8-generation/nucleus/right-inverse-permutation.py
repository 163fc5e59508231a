def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1.0:
        return probabilities
    ids = probabilities.argsort(dim=-1, descending=True)
    ordered = probabilities.gather(-1, ids)
    sums = ordered.cumsum(dim=-1)
    # A token goes where the sum up to the one in front of it has reached top_p.
    drop = torch.zeros_like(ordered, dtype=torch.bool)
    drop[..., 1:] = sums[..., :-1] >= top_p
    kept = probabilities * ~drop.gather(-1, ids.argsort(dim=-1))
    return kept / kept.sum(dim=-1, keepdim=True)
