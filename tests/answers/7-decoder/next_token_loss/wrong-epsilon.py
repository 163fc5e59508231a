# names: added to p
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    p = torch.softmax(logits[..., :-1, :], dim=-1)
    right = p.gather(-1, tokens[..., 1:].unsqueeze(-1))
    return torch.mean(-torch.log(right + 1e-9))
