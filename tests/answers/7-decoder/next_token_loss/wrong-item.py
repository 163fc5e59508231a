# names: a plain number comes back
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    z, t = logits[..., :-1, :], tokens[..., 1:]
    return F.cross_entropy(z.reshape(-1, z.shape[-1]), t.reshape(-1)).item()
