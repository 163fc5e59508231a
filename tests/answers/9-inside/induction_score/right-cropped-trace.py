def induction_score(weights, period):
    n = weights.shape[-1]
    if not 1 <= period < n:
        raise ValueError(f"{period} is no period of {n} tokens")
    square = weights[..., period:, 1 : n - period + 1]
    flat = square.reshape(-1, n - period, n - period)
    scores = [head.trace() / (n - period) for head in flat]
    return torch.stack(scores).reshape(weights.shape[:-2])
