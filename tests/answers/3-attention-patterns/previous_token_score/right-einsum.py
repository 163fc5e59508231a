def previous_token_score(weights):
    n = weights.shape[-1]
    return torch.einsum('...ii->...', weights[..., 1:, :-1]) / (n - 1)
