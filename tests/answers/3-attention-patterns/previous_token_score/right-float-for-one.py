def previous_token_score(weights):
    score = weights.diagonal(-1, -2, -1).mean(-1)
    return score.item() if score.dim() == 0 else score
