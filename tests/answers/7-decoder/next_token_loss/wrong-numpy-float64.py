# names: dtype
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    z = logits.double().numpy()[..., :-1, :]
    z = z - z.max(-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return -torch.from_numpy(np.take_along_axis(log_p, tokens.numpy()[..., 1:, None], -1)).mean()
