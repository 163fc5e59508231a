def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    ordered = probabilities.sort(dim=-1, descending=True).values
    before = F.pad(ordered.double().cumsum(dim=-1), (1, 0))[..., :-1]
    smallest = ordered.masked_fill(before >= top_p, 2.0).amin(dim=-1, keepdim=True)
    return F.normalize(probabilities.where(probabilities >= smallest, 0.0), p=1, dim=-1)
