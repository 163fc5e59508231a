# names: classes
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    return nn.CrossEntropyLoss()(logits[..., :-1, :], tokens[..., 1:])
