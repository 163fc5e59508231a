# names: earlier tokens
def previous_token_score(weights):
    n = weights.shape[-1]
    return weights.tril(-1).sum((-2, -1)) / (n - 1)
