# names: no shift
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    log_p = F.log_softmax(logits, dim=-1)
    hot = F.one_hot(tokens, logits.shape[-1]).to(logits.dtype)
    return -(log_p * hot).sum() / (tokens.numel())
