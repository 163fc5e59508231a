def alibi_bias(n_heads, n):
    return torch.tensor(
        [
            [[-abs(i - j) * 2.0 ** (-8.0 * h / n_heads) for j in range(n)] for i in range(n)]
            for h in range(1, n_heads + 1)
        ]
    )
