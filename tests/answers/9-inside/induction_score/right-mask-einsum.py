def induction_score(weights, period):
    n = weights.shape[-1]
    if not 1 <= period <= n - 1:
        raise ValueError(f"period {period} doesn't fit a text of {n} tokens")
    i, j = torch.arange(n)[:, None], torch.arange(n)
    on_line = ((j == i - period + 1) & (i >= period)).to(weights.dtype)
    return torch.einsum("...ij,ij->...", weights, on_line) / (n - period)
