# names: the batch is not handled
def induction_score(weights, period):
    n_heads, n, _ = weights.shape
    if not 1 <= period < n:
        raise ValueError(f"period is {period}; it must be from 1 to {n - 1}")
    scores = weights.new_zeros(n_heads)
    for head in range(n_heads):
        for i in range(period, n):
            scores[head] += weights[head, i, i - period + 1]
    return scores / (n - period)
