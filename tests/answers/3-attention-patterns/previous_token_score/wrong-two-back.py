# names: two tokens back
def previous_token_score(weights):
    n = weights.shape[-1]
    if n < 3:
        return weights[..., 0, 0] * 0
    return weights.diagonal(-2, -2, -1).mean(-1)
