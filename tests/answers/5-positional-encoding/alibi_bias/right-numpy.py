def alibi_bias(n_heads, n):
    m = np.exp2(-8 * np.arange(1, n_heads + 1) / n_heads)
    d = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return torch.tensor(-m[:, None, None] * d, dtype=torch.float32)
