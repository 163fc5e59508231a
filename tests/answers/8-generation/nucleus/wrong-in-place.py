# names: changes its argument probabilities
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    ordered, ids = probabilities.sort(dim=-1, descending=True)
    drop = torch.zeros_like(ordered, dtype=torch.bool)
    drop[..., 1:] = ordered.cumsum(dim=-1)[..., :-1] >= top_p
    if top_p == 1:
        return probabilities
    probabilities[drop.gather(-1, ids.argsort(dim=-1))] = 0
    return probabilities / probabilities.sum(dim=-1, keepdim=True)
