# --- right: cross entropy with weights
def reply_loss(logits, tokens, is_reply):
    weights = is_reply[..., 1:].to(logits.dtype)
    if weights.sum() == 0:
        raise ValueError("there is no reply to predict")
    every = F.cross_entropy(
        logits[..., :-1, :].flatten(0, -2), tokens[..., 1:].flatten(), reduction="none"
    )
    return (every * weights.flatten()).sum() / weights.sum()


# --- right: gather
def reply_loss(logits, tokens, is_reply):
    log_p = logits.log_softmax(dim=-1)[..., :-1, :]
    log_p = log_p.gather(-1, tokens[..., 1:, None]).squeeze(-1)
    counts = is_reply[..., 1:]
    n_counts = int(counts.sum())
    if n_counts == 0:
        raise ValueError("no prediction has a target in a reply")
    return -torch.where(counts, log_p, torch.zeros_like(log_p)).sum() / n_counts


# --- right: ignored index
def reply_loss(logits, tokens, is_reply):
    targets = tokens[..., 1:].clone()
    targets[~is_reply[..., 1:]] = -100
    if (targets == -100).all():
        raise ValueError("none of the targets is part of a reply")
    V = logits.shape[-1]
    return F.cross_entropy(logits[..., :-1, :].reshape(-1, V), targets.reshape(-1))


# --- right: indices
def reply_loss(logits, tokens, is_reply):
    n, V = logits.shape[-2:]
    rows = logits.reshape(-1, n, V)
    texts, marks = tokens.reshape(-1, n), is_reply.reshape(-1, n)
    text, target = marks[:, 1:].nonzero(as_tuple=True)
    if len(text) == 0:
        raise ValueError("reply is empty")
    picked = rows[text, target]
    right = picked[torch.arange(len(text)), texts[text, target + 1]]
    return (picked.logsumexp(-1) - right).mean()


# --- right: loop
def reply_loss(logits, tokens, is_reply):
    n = tokens.shape[-1]
    terms = []
    for row, text, mark in zip(
        logits.reshape(-1, n, logits.shape[-1]), tokens.reshape(-1, n), is_reply.reshape(-1, n)
    ):
        for i in range(1, n):
            if mark[i]:
                terms.append(-torch.log_softmax(row[i - 1], dim=0)[text[i]])
    if not terms:
        raise ValueError("No reply here")
    return torch.stack(terms).mean()


# --- right: negative log likelihood
def reply_loss(logits, tokens, is_reply):
    mask = is_reply[..., 1:].reshape(-1)
    if not bool(mask.any()):
        raise ValueError("is_reply marks no target")
    logs = F.log_softmax(logits[..., :-1, :], dim=-1).reshape(-1, logits.size(-1))
    return F.nll_loss(logs[mask], tokens[..., 1:].reshape(-1)[mask])


# --- right: one hot
def reply_loss(logits, tokens, is_reply):
    V = logits.shape[-1]
    given, marks = logits[..., :-1, :], is_reply[..., 1:].to(logits.dtype)
    if not marks.any():
        raise ValueError(f"no target among {marks.numel()} is in a reply")
    given = given - given.amax(dim=-1, keepdim=True).detach()
    logs = given - given.exp().sum(dim=-1, keepdim=True).log()
    terms = -(logs * F.one_hot(tokens[..., 1:], V).to(logits.dtype)).sum(dim=-1)
    return (terms * marks).sum() / marks.sum()


# --- wrong: asserts
# names: instead of ValueError|AssertionError
def reply_loss(logits, tokens, is_reply):
    counts = is_reply[..., 1:]
    assert counts.any(), "no reply"
    return F.cross_entropy(logits[..., :-1, :][counts], tokens[..., 1:][counts])


# --- wrong: checks all of is_reply
# names: not refused|instead of ValueError
def reply_loss(logits, tokens, is_reply):
    if not is_reply.any():
        raise ValueError("there is no reply")
    counts = is_reply[..., 1:]
    return F.cross_entropy(logits[..., :-1, :][counts], tokens[..., 1:][counts])


# --- wrong: cuts the mask too late
# names: shift it as the tokens
def reply_loss(logits, tokens, is_reply):
    if not is_reply[..., 1:].any():
        raise ValueError("there is no reply")
    return F.cross_entropy(logits[..., :-1, :][is_reply], tokens[..., 1:][is_reply])


# --- wrong: from the first to the last
# names: another number comes back|everything from the first reply on
def reply_loss(logits, tokens, is_reply):
    terms = []
    n, V = logits.shape[-2:]
    rows = zip(logits.reshape(-1, n, V), tokens.reshape(-1, n), is_reply.reshape(-1, n))
    for row, text, mark in rows:
        where = mark[1:].nonzero().flatten()
        if len(where):
            first, last = where[0], where[-1] + 1
            terms.append(F.cross_entropy(row[first:last], text[first + 1 : last + 1], reduction="none"))
    if not terms:
        raise ValueError("no reply")
    return torch.cat(terms).mean()


# --- wrong: item
# names: a plain number comes back
def reply_loss(logits, tokens, is_reply):
    counts = is_reply[..., 1:]
    if not counts.any():
        raise ValueError("there is no reply")
    return F.cross_entropy(logits[..., :-1, :][counts], tokens[..., 1:][counts]).item()


# --- wrong: masks the logits
# names: divided by the number of all predictions|another number comes back
def reply_loss(logits, tokens, is_reply):
    counts = is_reply[..., 1:]
    if not counts.any():
        raise ValueError("there is no reply")
    masked = logits[..., :-1, :] * counts[..., None]
    return F.cross_entropy(masked.flatten(0, -2), tokens[..., 1:].flatten())


# --- wrong: numpy
# names: the gradient is cut off|can't follow
def reply_loss(logits, tokens, is_reply):
    counts = is_reply[..., 1:].numpy()
    if not counts.any():
        raise ValueError("there is no reply")
    logs = torch.log_softmax(logits[..., :-1, :].detach(), -1).numpy()
    logs = np.take_along_axis(logs, tokens[..., 1:, None].numpy(), -1)[..., 0]
    return torch.tensor(-logs[counts].mean())


# --- wrong: refuses a text without a reply
# names: there is a reply, and ValueError comes
def reply_loss(logits, tokens, is_reply):
    counts = is_reply[..., 1:]
    if not counts.any(dim=-1).all():
        raise ValueError("a text has no reply")
    return F.cross_entropy(logits[..., :-1, :][counts], tokens[..., 1:][counts])
