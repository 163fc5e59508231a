def next_token_loss(logits, tokens):
    if logits.shape[-2] < 2:
        raise ValueError(f"logits are for {logits.shape[-2]} position(s); at least two are needed")
    log_p = logits.log_softmax(-1)[..., :-1, :]
    came = F.one_hot(tokens[..., 1:], logits.shape[-1]).to(log_p.dtype)
    surprise = -torch.einsum("...v,...v->...", log_p, came)
    return surprise.sum() / surprise.numel()
