# names: refused, but with AssertionError instead of ValueError
def induction_score(weights, period):
    n = weights.shape[-1]
    assert 1 <= period < n, f"period is {period}"
    return weights.diagonal(1 - period, -2, -1)[..., 1:].mean(-1)
