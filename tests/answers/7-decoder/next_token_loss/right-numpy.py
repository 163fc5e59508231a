def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError('logits and tokens need n >= 2')
    z = logits.detach().numpy()[..., :-1, :]
    t = tokens.numpy()[..., 1:]
    z = z - z.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, t[..., None], axis=-1)
    return torch.tensor(-picked.mean(), dtype=logits.dtype)
