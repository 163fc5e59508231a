def next_token_loss(logits, tokens):
    """NumPy counts the predictions; the logits stay with PyTorch, which can follow them back."""
    if tokens.shape[-1] < 2:
        raise ValueError('logits and tokens need n >= 2')
    z = logits[..., :-1, :].reshape(-1, logits.shape[-1])
    t = tokens[..., 1:].numpy().ravel()
    z = z - z.max(dim=-1, keepdim=True).values
    log_p = z - torch.log(torch.exp(z).sum(dim=-1, keepdim=True))
    return -log_p[np.arange(t.size), t].mean()
