# names: list or an array comes back
def induction_score(weights, period):
    n = weights.shape[-1]
    if not 1 <= period < n:
        raise ValueError(f"period is {period}; it must be from 1 to {n - 1}")

    def of(matrix):
        if matrix.dim() > 2:
            return [of(one) for one in matrix]
        return sum(matrix[i, i - period + 1] for i in range(period, n)) / (n - period)

    return of(weights)
