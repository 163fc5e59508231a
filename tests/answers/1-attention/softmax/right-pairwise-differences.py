def softmax(x, dim=-1):
    # 1 / sum_j exp(x_j - x_i), computed in float64; an overflow gives 1/inf, which is 0.
    y = x.double().movedim(dim, -1)
    y = y - y.amax(-1, keepdim=True)
    differences = y.unsqueeze(-2) - y.unsqueeze(-1)
    weights = 1 / differences.exp().sum(-1)
    weights = torch.where(y == -math.inf, torch.zeros_like(weights), weights)
    return weights.movedim(-1, dim).to(x.dtype)
