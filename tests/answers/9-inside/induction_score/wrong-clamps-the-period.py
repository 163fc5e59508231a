# names: bad input is not refused
def induction_score(weights, period):
    n = weights.shape[-1]
    period = max(1, min(period, n - 1))
    queries = range(period, n)
    return torch.stack([weights[..., i, i - period + 1] for i in queries]).mean(0)
