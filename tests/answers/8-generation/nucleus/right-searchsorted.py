def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    vocab_size = probabilities.shape[-1]
    ordered, ids = torch.sort(probabilities, dim=-1, descending=True)
    sums = ordered.double().cumsum(dim=-1)
    edge = torch.full(sums.shape[:-1] + (1,), float(top_p), dtype=torch.float64)
    n_kept = torch.searchsorted(sums, edge) + 1
    ordered = torch.where(torch.arange(vocab_size) < n_kept, ordered, torch.zeros_like(ordered))
    ordered = ordered / ordered.sum(dim=-1, keepdim=True)
    return torch.empty_like(probabilities).scatter_(-1, ids, ordered)
