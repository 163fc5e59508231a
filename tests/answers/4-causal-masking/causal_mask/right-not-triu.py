def causal_mask(n):
    future = torch.triu(torch.ones(n, n), diagonal=1)
    return future == 0
