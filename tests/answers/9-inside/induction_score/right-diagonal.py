def induction_score(weights, period):
    n = weights.shape[-1]
    if period < 1 or period >= n:
        raise ValueError(f"period must lie in 1 to {n - 1}, got {period}")
    line = torch.diagonal(weights, offset=1 - period, dim1=-2, dim2=-1)
    return line[..., 1:].mean(-1)
