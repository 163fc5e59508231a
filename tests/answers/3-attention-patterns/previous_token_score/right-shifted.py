def previous_token_score(weights):
    below = weights[..., 1:, :-1]
    return torch.diagonal(below, dim1=-2, dim2=-1).mean(dim=-1)
