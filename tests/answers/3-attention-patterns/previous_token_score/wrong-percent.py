# names: percent
def previous_token_score(weights):
    return 100 * weights.diagonal(-1, -2, -1).mean(-1)
