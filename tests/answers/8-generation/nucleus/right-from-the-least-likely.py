def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    ordered, ids = probabilities.double().sort(dim=-1)
    tail = ordered.cumsum(dim=-1)
    # What can go without leaving less than top_p; the most likely token never does.
    gone = tail <= tail[..., -1:] - top_p
    gone[..., -1] = False
    ordered = ordered.masked_fill(gone, 0.0)
    ordered = ordered / ordered.sum(dim=-1, keepdim=True)
    back = torch.zeros_like(ordered).scatter(-1, ids, ordered)
    return back.to(probabilities.dtype)
