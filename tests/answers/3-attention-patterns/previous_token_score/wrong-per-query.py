# names: each query
def previous_token_score(weights):
    return weights.diagonal(-1, -2, -1)
