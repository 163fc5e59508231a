def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError(f"too few tokens: {tokens.shape[-1]}")
    # The last position has no successor: -100 tells cross_entropy to leave it out.
    targets = torch.full_like(tokens, -100)
    targets[..., :-1] = tokens[..., 1:]
    criterion = nn.CrossEntropyLoss(ignore_index=-100)
    return criterion(logits.flatten(0, -2), targets.flatten())
