# names: NumPy array
def causal_mask(n):
    return np.tril(np.ones((n, n), dtype=bool))
