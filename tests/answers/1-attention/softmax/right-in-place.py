def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    result = x - torch.amax(x, dim, True)
    result.exp_()
    result.div_(result.sum(dim, True))
    return result
