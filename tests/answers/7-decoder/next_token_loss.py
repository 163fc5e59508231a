# --- right: cross entropy
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError(f"tokens must hold at least 2 positions, got {tokens.shape[-1]}")
    vocab_size = logits.shape[-1]
    predictions = logits[..., :-1, :].reshape(-1, vocab_size)
    targets = tokens[..., 1:].reshape(-1)
    return F.cross_entropy(predictions, targets)


# --- right: last masked
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError(f"too few tokens: {tokens.shape[-1]}")
    # The last position has no successor: -100 tells cross_entropy to leave it out.
    targets = torch.full_like(tokens, -100)
    targets[..., :-1] = tokens[..., 1:]
    criterion = nn.CrossEntropyLoss(ignore_index=-100)
    return criterion(logits.flatten(0, -2), targets.flatten())


# --- right: logsumexp
def next_token_loss(logits, tokens):
    n = tokens.size(-1)
    if n <= 1:
        raise ValueError(f"n = {n}: there is no prediction with a successor, n must be at least 2")
    z = logits.narrow(-2, 0, n - 1)
    t = tokens.narrow(-1, 1, n - 1)
    right = torch.take_along_dim(z, t.unsqueeze(-1), dim=-1).squeeze(-1)
    return (torch.logsumexp(z, dim=-1) - right).mean()


# --- right: loop
def next_token_loss(logits, tokens):
    n, vocab_size = logits.shape[-2:]
    if n < 2:
        raise ValueError("the sequence is too short: two tokens are needed")
    total, count = 0.0, 0
    for z, t in zip(logits.reshape(-1, n, vocab_size), tokens.reshape(-1, n)):
        for i in range(n - 1):
            row = z[i] - z[i].max()
            total = total - (row[t[i + 1]] - row.exp().sum().log())
            count += 1
    return total / count


# --- right: nll classes first
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: at least 2 per sequence, please")
    n, v = logits.shape[-2:]
    logits, tokens = logits.reshape(-1, n, v), tokens.reshape(-1, n)
    log_p = torch.log_softmax(logits, dim=2)
    return F.nll_loss(log_p.transpose(1, 2)[:, :, :-1], tokens[:, 1:])


# --- right: numpy index
def next_token_loss(logits, tokens):
    """NumPy counts the predictions; the logits stay with PyTorch, which can follow them back."""
    if tokens.shape[-1] < 2:
        raise ValueError('logits and tokens need n >= 2')
    z = logits[..., :-1, :].reshape(-1, logits.shape[-1])
    t = tokens[..., 1:].numpy().ravel()
    z = z - z.max(dim=-1, keepdim=True).values
    log_p = z - torch.log(torch.exp(z).sum(dim=-1, keepdim=True))
    return -log_p[np.arange(t.size), t].mean()


# --- right: one hot
def next_token_loss(logits, tokens):
    if logits.shape[-2] < 2:
        raise ValueError(f"logits are for {logits.shape[-2]} position(s); at least two are needed")
    log_p = logits.log_softmax(-1)[..., :-1, :]
    came = F.one_hot(tokens[..., 1:], logits.shape[-1]).to(log_p.dtype)
    surprise = -torch.einsum("...v,...v->...", log_p, came)
    return surprise.sum() / surprise.numel()


# --- wrong: assert
# names: AssertionError instead of ValueError
def next_token_loss(logits, tokens):
    assert tokens.shape[-1] > 1, "tokens: n must be at least 2"
    log_p = torch.log_softmax(logits, -1)[..., :-1, :]
    return -log_p.gather(-1, tokens[..., 1:].unsqueeze(-1)).mean()


# --- wrong: classes
# names: classes
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    return nn.CrossEntropyLoss()(logits[..., :-1, :], tokens[..., 1:])


# --- wrong: epsilon
# names: added to p
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    p = torch.softmax(logits[..., :-1, :], dim=-1)
    right = p.gather(-1, tokens[..., 1:].unsqueeze(-1))
    return torch.mean(-torch.log(right + 1e-9))


# --- wrong: item
# names: a plain number comes back
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    z, t = logits[..., :-1, :], tokens[..., 1:]
    return F.cross_entropy(z.reshape(-1, z.shape[-1]), t.reshape(-1)).item()


# --- wrong: no shift einsum
# names: no shift
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    log_p = F.log_softmax(logits, dim=-1)
    hot = F.one_hot(tokens, logits.shape[-1]).to(logits.dtype)
    return -(log_p * hot).sum() / (tokens.numel())


# --- wrong: numpy float64
# names: dtype
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    z = logits.double().numpy()[..., :-1, :]
    z = z - z.max(-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return -torch.from_numpy(np.take_along_axis(log_p, tokens.numpy()[..., 1:, None], -1)).mean()


# --- wrong: one sequence only
# names: number of leading dimensions
def next_token_loss(logits, tokens):
    if len(tokens) < 2:
        raise ValueError("tokens: n must be at least 2")
    loss = 0
    for i in range(len(tokens) - 1):
        loss = loss - torch.log_softmax(logits[i], dim=-1)[tokens[i + 1]]
    return loss / (len(tokens) - 1)


# --- wrong: two slips
# names: no shift
def next_token_loss(logits, tokens):
    if tokens.shape[-1] < 2:
        raise ValueError("tokens: n must be at least 2")
    rows = logits.reshape(-1, logits.shape[-1])
    return F.cross_entropy(rows, tokens.reshape(-1), reduction="sum") / math.log(2)
