# names: first token|first column
def previous_token_score(weights):
    return weights[..., 1:, 0].mean(-1)
