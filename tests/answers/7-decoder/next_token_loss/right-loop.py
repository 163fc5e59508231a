def next_token_loss(logits, tokens):
    n, vocab_size = logits.shape[-2:]
    if n < 2:
        raise ValueError("the sequence is too short: two tokens are needed")
    total, count = 0.0, 0
    for z, t in zip(logits.reshape(-1, n, vocab_size), tokens.reshape(-1, n)):
        for i in range(n - 1):
            row = z[i] - z[i].max()
            total = total - (row[t[i + 1]] - row.exp().sum().log())
            count += 1
    return total / count
