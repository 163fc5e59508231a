def induction_score(weights, period):
    n = weights.shape[-1]
    if period <= 0 or n <= period:
        raise ValueError(f"period = {period}: wanted is a number from 1 to {n - 1}")
    later = weights[..., period:, :]
    keys = torch.arange(1, n - period + 1).expand(later.shape[:-1])
    return later.gather(-1, keys.unsqueeze(-1)).squeeze(-1).mean(-1)
