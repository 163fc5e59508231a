# --- right: gather
def rank_of(logits, ids):
    mine = torch.gather(logits, -1, ids.unsqueeze(-1))
    return torch.sum(logits > mine, dim=-1)


# --- right: loop
def rank_of(logits, ids):
    rows = logits.reshape(-1, logits.shape[-1])
    ranks = []
    for row, token in zip(rows, ids.reshape(-1).tolist(), strict=True):
        ranks.append(sum(1 for logit in row.tolist() if logit > row[token].item()))
    return torch.tensor(ranks, dtype=torch.int64).reshape(ids.shape)


# --- right: numpy
def rank_of(logits, ids):
    array, places = logits.detach().numpy(), ids.numpy()
    mine = np.take_along_axis(array, places[..., None], axis=-1)
    return torch.from_numpy(np.asarray((array > mine).sum(axis=-1), dtype=np.int64))


# --- right: numpy index by index
def rank_of(logits, ids):
    out = np.zeros(tuple(ids.shape), dtype=np.int64)
    for where in np.ndindex(*ids.shape):
        row = logits[where]
        out[where] = int((row > row[ids[where]]).sum())
    return torch.from_numpy(out)


# --- right: one hot
def rank_of(logits, ids):
    chosen = F.one_hot(ids, logits.shape[-1]).bool()
    mine = logits.masked_fill(~chosen, -math.inf).amax(-1, keepdim=True)
    return torch.count_nonzero(logits > mine, dim=-1)


# --- right: recursive
def rank_of(logits, ids):
    if logits.dim() == 1:
        return (logits > logits[ids]).sum()
    return torch.stack([rank_of(row, one) for row, one in zip(logits, ids, strict=True)])


# --- right: sorted
def rank_of(logits, ids):
    ascending = logits.sort(dim=-1).values.contiguous()
    mine = logits.gather(-1, ids[..., None])
    not_larger = torch.searchsorted(ascending, mine, right=True)[..., 0]
    return logits.shape[-1] - not_larger


# --- right: take along dim
def rank_of(logits, ids):
    mine = torch.take_along_dim(logits, ids[..., None], dim=-1)
    return (mine < logits).long().sum(-1)


# --- wrong: int32
# names: the result is int32
def rank_of(logits, ids):
    return (logits > logits.gather(-1, ids[..., None])).sum(-1, dtype=torch.int32)


# --- wrong: item
# names: plain number comes back
def rank_of(logits, ids):
    ranks = (logits > logits.gather(-1, ids[..., None])).sum(-1)
    return int(ranks) if ranks.dim() == 0 else ranks


# --- wrong: list
# names: list or an array comes back
def rank_of(logits, ids):
    return (logits > logits.gather(-1, ids[..., None])).sum(-1).tolist()


# --- wrong: lost dimension
# names: two shapes don't line up
def rank_of(logits, ids):
    own = logits.gather(-1, ids[..., None]).squeeze(-1)
    return (logits > own).sum(-1)


# --- wrong: only a batch
# names: the batch is not handled
def rank_of(logits, ids):
    own = logits[torch.arange(len(ids)), ids]
    return (logits > own[:, None]).sum(dim=1)


# --- wrong: place in sorted
# names: equals in front of the token count
def rank_of(logits, ids):
    order = logits.sort(dim=-1, descending=True, stable=True).indices
    return (order == ids[..., None]).int().argmax(dim=-1)


# --- wrong: place in topk
# names: other tokens with the same logit count|equals in front of the token count
def rank_of(logits, ids):
    top = logits.topk(logits.shape[-1], dim=-1).indices
    return (top == ids[..., None]).float().argmax(-1)


# --- wrong: softmax numpy
# names: probabilities are compared
def rank_of(logits, ids):
    p = torch.softmax(logits, dim=-1).numpy()
    own = np.take_along_axis(p, ids.numpy()[..., None], -1)
    return torch.from_numpy(np.asarray((p > own).sum(-1)))
