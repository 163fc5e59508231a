def causal_mask(n: int) -> torch.Tensor:
    return torch.tensor([[j <= i for j in range(n)] for i in range(n)])
