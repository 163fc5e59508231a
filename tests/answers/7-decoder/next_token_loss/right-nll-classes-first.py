def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: at least 2 per sequence, please")
    n, v = logits.shape[-2:]
    logits, tokens = logits.reshape(-1, n, v), tokens.reshape(-1, n)
    log_p = torch.log_softmax(logits, dim=2)
    return F.nll_loss(log_p.transpose(1, 2)[:, :, :-1], tokens[:, 1:])
