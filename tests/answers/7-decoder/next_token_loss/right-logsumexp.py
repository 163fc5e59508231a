def next_token_loss(logits, tokens):
    n = tokens.size(-1)
    if n <= 1:
        raise ValueError(f"n = {n}: there is no prediction with a successor, n must be at least 2")
    z = logits.narrow(-2, 0, n - 1)
    t = tokens.narrow(-1, 1, n - 1)
    right = torch.take_along_dim(z, t.unsqueeze(-1), dim=-1).squeeze(-1)
    return (torch.logsumexp(z, dim=-1) - right).mean()
