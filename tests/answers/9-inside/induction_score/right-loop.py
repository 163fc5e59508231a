def induction_score(weights, period):
    n = weights.size(-1)
    if not 0 < period < n:
        raise ValueError("the period must be positive and smaller than the number of tokens")
    total = torch.zeros(weights.shape[:-2], dtype=weights.dtype)
    for query in range(period, n):
        total = total + weights[..., query, query - period + 1]
    return total / (n - period)
