def alibi_bias(n_heads, n):
    bias = torch.zeros(n_heads, n, n)
    for h in range(n_heads):
        m = 2 ** (-8 * (h + 1) / n_heads)
        for i in range(n):
            for j in range(n):
                bias[h, i, j] = -m * abs(i - j)
    return bias
