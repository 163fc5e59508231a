# names: come back sorted
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    p = -np.sort(-probabilities.numpy(), axis=-1)
    if top_p < 1:
        p = np.where(np.cumsum(p, axis=-1) - p < top_p, p, 0.0)
    p = p / p.sum(axis=-1, keepdims=True)
    return torch.from_numpy(p.astype(probabilities.numpy().dtype))
