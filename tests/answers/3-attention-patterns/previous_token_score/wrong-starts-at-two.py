# names: starts at i = 1
def previous_token_score(weights):
    n = weights.shape[-1]
    i = torch.arange(2, n)
    return weights[..., i, i - 1].mean(-1)
