# names: single number comes back for a batch
def previous_token_score(weights):
    n = weights.shape[-1]
    scores = [
        sum(float(head[i, i - 1]) for i in range(1, n)) / (n - 1)
        for head in weights.reshape(-1, n, n)
    ]
    return scores[-1]
