# names: bad input is not refused
def induction_score(weights, period):
    n = weights.shape[-1]
    if not 1 <= period <= n:
        raise ValueError(f"period is {period}; it must be from 1 to {n}")
    return weights.diagonal(1 - period, -2, -1)[..., 1:].mean(-1)
