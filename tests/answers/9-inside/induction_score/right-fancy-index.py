def induction_score(weights, period):
    n = weights.shape[-2]
    if period not in range(1, n):
        raise ValueError(f"period={period!r} is not one of 1, ..., {n - 1}")
    queries = torch.arange(period, n)
    return weights[..., queries, queries + 1 - period].mean(dim=-1)
