# --- right: einsum
def previous_token_score(weights):
    n = weights.shape[-1]
    return torch.einsum('...ii->...', weights[..., 1:, :-1]) / (n - 1)


# --- right: float for one
def previous_token_score(weights):
    score = weights.diagonal(-1, -2, -1).mean(-1)
    return score.item() if score.dim() == 0 else score


# --- right: index
def previous_token_score(weights):
    n = weights.shape[-1]
    i = torch.arange(1, n)
    return weights[..., i, i - 1].mean(-1)


# --- right: loop
def previous_token_score(weights):
    n = weights.shape[-1]
    total = 0
    for i in range(1, n):
        total = total + weights[..., i, i - 1]
    return total / (n - 1)


# --- right: mask
def previous_token_score(weights):
    n = weights.shape[-1]
    mask = torch.ones(n, n).tril(-1) - torch.ones(n, n).tril(-2)
    return (weights * mask.to(weights.dtype)).sum((-2, -1)) / (n - 1)


# --- right: numpy scalar
def previous_token_score(weights):
    w = weights.detach().numpy()
    score = np.diagonal(w, -1, -2, -1).mean(-1)
    return torch.from_numpy(score) if score.ndim else score


# --- right: numpy
def previous_token_score(weights):
    w = weights.detach().numpy()
    return torch.from_numpy(np.asarray(np.diagonal(w, offset=-1, axis1=-2, axis2=-1).mean(-1)))


# --- right: shifted
def previous_token_score(weights):
    below = weights[..., 1:, :-1]
    return torch.diagonal(below, dim1=-2, dim2=-1).mean(dim=-1)


# --- wrong: argmax
# names: fraction of queries
def previous_token_score(weights):
    n = weights.shape[-1]
    hits = weights.argmax(-1)[..., 1:] == torch.arange(n - 1)
    return hits.to(weights.dtype).mean(-1)


# --- wrong: last head
# names: single number comes back for a batch
def previous_token_score(weights):
    n = weights.shape[-1]
    scores = [
        sum(float(head[i, i - 1]) for i in range(1, n)) / (n - 1)
        for head in weights.reshape(-1, n, n)
    ]
    return scores[-1]


# --- wrong: return in the loop
# names: only one query
def previous_token_score(weights):
    n = weights.shape[-1]
    total = 0
    for i in range(1, n):
        total += weights[..., i, i - 1]
        return total / (n - 1)


# --- wrong: two back
# names: two tokens back
def previous_token_score(weights):
    n = weights.shape[-1]
    if n < 3:
        return weights[..., 0, 0] * 0
    return weights.diagonal(-2, -2, -1).mean(-1)


# --- wrong: two dims only
# names: batch
def previous_token_score(weights):
    n, _ = weights.shape
    return torch.stack([weights[i, i - 1] for i in range(1, n)]).mean()


# --- wrong: wraps
# names: query 0 is counted
def previous_token_score(weights):
    n = weights.shape[-1]
    i = torch.arange(n)
    return weights[..., i, i - 1].mean(-1)


# --- wrong: zeros left out
# names: leaves out weights of 0
def previous_token_score(weights):
    d = weights.diagonal(-1, -2, -1)
    return d.sum(-1) / (d > 0).sum(-1).clamp(min=1)
