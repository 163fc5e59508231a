# names: AssertionError instead of ValueError
def next_token_loss(logits, tokens):
    assert tokens.shape[-1] > 1, "tokens: n must be at least 2"
    log_p = torch.log_softmax(logits, -1)[..., :-1, :]
    return -log_p.gather(-1, tokens[..., 1:].unsqueeze(-1)).mean()
