def previous_token_score(weights):
    n = weights.shape[-1]
    mask = torch.ones(n, n).tril(-1) - torch.ones(n, n).tril(-2)
    return (weights * mask.to(weights.dtype)).sum((-2, -1)) / (n - 1)
