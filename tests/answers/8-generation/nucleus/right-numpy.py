def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    p = probabilities.detach().numpy().astype(np.float64)
    if top_p < 1:
        order = np.argsort(-p, axis=-1, kind="stable")
        ordered = np.take_along_axis(p, order, axis=-1)
        before = np.cumsum(ordered, axis=-1) - ordered
        kept = np.zeros_like(p, dtype=bool)
        np.put_along_axis(kept, order, before < top_p, axis=-1)
        p = np.where(kept, p, 0.0)
    p = p / p.sum(axis=-1, keepdims=True)
    return torch.from_numpy(p).to(probabilities.dtype)
