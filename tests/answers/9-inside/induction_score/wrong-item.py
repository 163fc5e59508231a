# names: plain number comes back
def induction_score(weights, period):
    n = weights.shape[-1]
    if not 1 <= period < n:
        raise ValueError(f"period is {period}; it must be from 1 to {n - 1}")
    score = weights.diagonal(1 - period, -2, -1)[..., 1:].mean(-1)
    return score.item() if score.dim() == 0 else score
