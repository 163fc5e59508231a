def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError(f"tokens must hold at least 2 positions, got {tokens.shape[-1]}")
    vocab_size = logits.shape[-1]
    predictions = logits[..., :-1, :].reshape(-1, vocab_size)
    targets = tokens[..., 1:].reshape(-1)
    return F.cross_entropy(predictions, targets)
