# --- right: from the least likely
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    ordered, ids = probabilities.double().sort(dim=-1)
    tail = ordered.cumsum(dim=-1)
    # What can go without leaving less than top_p; the most likely token never does.
    gone = tail <= tail[..., -1:] - top_p
    gone[..., -1] = False
    ordered = ordered.masked_fill(gone, 0.0)
    ordered = ordered / ordered.sum(dim=-1, keepdim=True)
    back = torch.zeros_like(ordered).scatter(-1, ids, ordered)
    return back.to(probabilities.dtype)


# --- right: inverse permutation
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1.0:
        return probabilities
    ids = probabilities.argsort(dim=-1, descending=True)
    ordered = probabilities.gather(-1, ids)
    sums = ordered.cumsum(dim=-1)
    # A token goes where the sum up to the one in front of it has reached top_p.
    drop = torch.zeros_like(ordered, dtype=torch.bool)
    drop[..., 1:] = sums[..., :-1] >= top_p
    kept = probabilities * ~drop.gather(-1, ids.argsort(dim=-1))
    return kept / kept.sum(dim=-1, keepdim=True)


# --- right: logits
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities / probabilities.sum(dim=-1, keepdim=True)
    ordered, ids = torch.topk(probabilities.double(), probabilities.shape[-1], dim=-1)
    logits = ordered.log()
    logits[ordered.cumsum(dim=-1) - ordered >= top_p] = -math.inf
    ordered = torch.softmax(logits, dim=-1).to(probabilities.dtype)
    result = torch.zeros_like(probabilities)
    result.scatter_(-1, ids, ordered)
    return result


# --- right: loop
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities.clone()
    rows = probabilities.reshape(-1, probabilities.shape[-1])
    result = torch.zeros_like(rows)
    for row, out in zip(rows, result):
        values = row.tolist()
        together, kept = 0.0, []
        for token in sorted(range(len(values)), key=lambda t: -values[t]):
            kept.append(token)
            together += values[token]
            if together >= top_p:
                break
        out[kept] = row[kept] / row[kept].sum()
    return result.reshape(probabilities.shape)


# --- right: numpy
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    p = probabilities.detach().numpy().astype(np.float64)
    if top_p < 1:
        order = np.argsort(-p, axis=-1, kind="stable")
        ordered = np.take_along_axis(p, order, axis=-1)
        before = np.cumsum(ordered, axis=-1) - ordered
        kept = np.zeros_like(p, dtype=bool)
        np.put_along_axis(kept, order, before < top_p, axis=-1)
        p = np.where(kept, p, 0.0)
    p = p / p.sum(axis=-1, keepdims=True)
    return torch.from_numpy(p).to(probabilities.dtype)


# --- right: searchsorted
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    vocab_size = probabilities.shape[-1]
    ordered, ids = torch.sort(probabilities, dim=-1, descending=True)
    sums = ordered.double().cumsum(dim=-1)
    edge = torch.full(sums.shape[:-1] + (1,), float(top_p), dtype=torch.float64)
    n_kept = torch.searchsorted(sums, edge) + 1
    ordered = torch.where(torch.arange(vocab_size) < n_kept, ordered, torch.zeros_like(ordered))
    ordered = ordered / ordered.sum(dim=-1, keepdim=True)
    return torch.empty_like(probabilities).scatter_(-1, ids, ordered)


# --- right: threshold
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    ordered = probabilities.sort(dim=-1, descending=True).values
    before = F.pad(ordered.double().cumsum(dim=-1), (1, 0))[..., :-1]
    smallest = ordered.masked_fill(before >= top_p, 2.0).amin(dim=-1, keepdim=True)
    return F.normalize(probabilities.where(probabilities >= smallest, 0.0), p=1, dim=-1)


# --- wrong: assertion
# names: AssertionError instead of ValueError
def nucleus(probabilities, top_p):
    assert 0 < top_p <= 1, "top_p"
    if top_p == 1:
        return probabilities
    ordered, ids = probabilities.sort(dim=-1, descending=True)
    ordered[ordered.cumsum(dim=-1) - ordered >= top_p] = 0.0
    return torch.zeros_like(ordered).scatter(-1, ids, ordered / ordered.sum(dim=-1, keepdim=True))


# --- wrong: drawn from
# names: not scaled to a sum of 1
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    kept = probabilities.clone()
    # From the least likely token on, as long as top_p is left.
    for token in range(probabilities.shape[-1] if top_p < 1 else 0):
        smallest = kept.masked_fill(kept == 0, 2.0).argmin(dim=-1, keepdim=True)
        without = kept.scatter(-1, smallest, 0.0)
        kept = torch.where(without.sum(dim=-1, keepdim=True) >= top_p, without, kept)
    return kept


# --- wrong: in place
# names: changes its argument probabilities
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    ordered, ids = probabilities.sort(dim=-1, descending=True)
    drop = torch.zeros_like(ordered, dtype=torch.bool)
    drop[..., 1:] = ordered.cumsum(dim=-1)[..., :-1] >= top_p
    if top_p == 1:
        return probabilities
    probabilities[drop.gather(-1, ids.argsort(dim=-1))] = 0
    return probabilities / probabilities.sum(dim=-1, keepdim=True)


# --- wrong: loop stops before
# names: is left out, unless it is the first
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    rows = probabilities.reshape(-1, probabilities.shape[-1])
    result = torch.zeros_like(rows)
    for row, out in zip(rows, result):
        values = row.tolist()
        together, kept = 0.0, []
        for token in sorted(range(len(values)), key=lambda t: -values[t]):
            if together + values[token] >= top_p and kept:
                break
            kept.append(token)
            together += values[token]
        out[kept] = row[kept] / row[kept].sum()
    return result.reshape(probabilities.shape)


# --- wrong: numpy sorted
# names: come back sorted
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    p = -np.sort(-probabilities.numpy(), axis=-1)
    if top_p < 1:
        p = np.where(np.cumsum(p, axis=-1) - p < top_p, p, 0.0)
    p = p / p.sum(axis=-1, keepdims=True)
    return torch.from_numpy(p.astype(probabilities.numpy().dtype))


# --- wrong: one size for all
# names: first row decides for all rows
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    ordered, ids = probabilities.sort(dim=-1, descending=True)
    row = ordered.reshape(-1, ordered.shape[-1])[0].cumsum(dim=-1)
    size = int((row < top_p).sum()) + 1
    kept = ordered.clone()
    kept[..., size:] = 0.0
    return torch.zeros_like(kept).scatter(-1, ids, kept / kept.sum(dim=-1, keepdim=True))


# --- wrong: table of pairs
# names: too much memory
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    likelier = probabilities[..., None, :] > probabilities[..., :, None]
    before = torch.where(likelier, probabilities[..., None, :], 0.0).sum(dim=-1)
    kept = probabilities * (before < top_p)
    return kept / kept.sum(dim=-1, keepdim=True)


# --- wrong: tail lost at one
# names: at top_p = 1\.0 tokens are lost
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    ordered, ids = probabilities.sort(dim=-1, descending=True)
    size = (ordered.cumsum(dim=-1) < top_p).sum(dim=-1, keepdim=True) + 1
    kept = ordered * (torch.arange(ordered.shape[-1]) < size)
    return torch.zeros_like(kept).scatter(-1, ids, kept / kept.sum(dim=-1, keepdim=True))
