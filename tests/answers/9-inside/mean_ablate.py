# --- right: einsum
def mean_ablate(heads, which):
    batch, n_heads, n, _ = heads.shape
    wrong = [h for h in which if h < 0 or h > n_heads - 1]
    if wrong:
        raise ValueError(f"which: no such heads: {wrong}")
    means = torch.einsum("bhnd->hd", heads) / (batch * n)
    off = torch.zeros(n_heads, 1, dtype=heads.dtype)
    off[which] = 1
    return (1 - off[:, None]) * heads + (off * means)[:, None]


# --- right: index put
def mean_ablate(heads, which):
    bad = [h for h in which if not 0 <= h < heads.shape[1]]
    if bad:
        raise ValueError(f"index {bad[0]} in which is out of range")
    result = torch.empty_like(heads).copy_(heads)
    if which:
        means = heads[:, which].mean(dim=(0, 2), keepdim=True)
        result[:, which] = means.expand(heads.shape[0], -1, heads.shape[2], -1)
    return result


# --- right: loop
def mean_ablate(heads, which):
    result = heads.clone()
    for index in which:
        if index < 0 or index >= heads.shape[1]:
            raise ValueError(f"there is no head {index}")
        result[:, index, :, :] = heads[:, index, :, :].mean(dim=0).mean(dim=0)
    return result


# --- right: mask
def mean_ablate(heads, which):
    H = heads.shape[1]
    for i in which:
        if i < 0 or i >= H:
            raise ValueError("no head " + str(i))
    keep = torch.ones(H, dtype=heads.dtype)
    for i in which:
        keep[i] = 0
    keep = keep.view(1, H, 1, 1)
    return heads * keep + heads.mean((0, 2), keepdim=True) * (1 - keep)


# --- right: numpy
def mean_ablate(heads, which):
    array = np.array(heads.detach().numpy(), copy=True)
    for h in which:
        if h < 0 or h >= array.shape[1]:
            raise ValueError(f"head {h}: which must hold numbers below {array.shape[1]}")
    for h in which:
        array[:, h] = array[:, h].mean(axis=(0, 1), keepdims=True)
    return torch.from_numpy(array)


# --- right: stack
def mean_ablate(heads, which):
    for h in which:
        if not 0 <= h < heads.shape[1]:
            raise ValueError(f"which has the index {h}")
    parts = []
    for h, brought in enumerate(heads.unbind(1)):
        if h in set(which):
            brought = brought.flatten(0, 1).mean(0).expand_as(brought)
        parts.append(brought)
    return torch.stack(parts, dim=1)


# --- right: where
def mean_ablate(heads, which):
    n_heads = heads.size(1)
    if any(h not in range(n_heads) for h in which):
        raise ValueError(f"which must be a list of indices from 0 to {n_heads - 1}, not {which}")
    off = torch.tensor([h in which for h in range(n_heads)])[None, :, None, None]
    return torch.where(off, heads.mean(dim=(0, 2), keepdim=True), heads)


# --- wrong: gives back heads
# names: heads itself comes back where which is empty
def mean_ablate(heads, which):
    if not which:
        return heads
    n_heads = heads.shape[1]
    if any(not 0 <= h < n_heads for h in which):
        raise ValueError(f"which holds a head that there isn't: 0 to {n_heads - 1}")
    result = heads.clone()
    result[:, which] = heads[:, which].mean((0, 2), keepdim=True)
    return result


# --- wrong: heads counted by the batch
# names: a head that exists is refused
def mean_ablate(heads, which):
    n_heads = heads.shape[0]
    for h in which:
        if not 0 <= h < n_heads:
            raise ValueError(f"head {h}")
    out = heads.clone()
    for h in which:
        out[:, h] = heads[:, h].mean(dim=(0, 1))
    return out


# --- wrong: in place
# names: changes its argument heads
def mean_ablate(heads, which):
    n_heads = heads.shape[1]
    if any(not 0 <= h < n_heads for h in which):
        raise ValueError(f"which holds a head that there isn't: 0 to {n_heads - 1}")
    for h in which:
        heads[:, h] = heads[:, h].mean(dim=(0, 1))
    return heads.clone()


# --- wrong: index error
# names: instead of ValueError|nothing in your code checks for this input
def mean_ablate(heads, which):
    means = heads.mean((0, 2), keepdim=True)
    result = heads.clone()
    for h in which:
        result[:, h] = means[:, h]
    return result


# --- wrong: list of heads
# names: a list comes back
def mean_ablate(heads, which):
    if any(h < 0 or h >= heads.shape[1] for h in which):
        raise ValueError("which holds a head that there isn't")
    means = heads.mean((0, 2))
    return [
        means[h].expand_as(heads[:, h]) if h in which else heads[:, h]
        for h in range(heads.shape[1])
    ]


# --- wrong: negative as python
# names: bad input is not refused
def mean_ablate(heads, which):
    n_heads = heads.shape[1]
    if any(h >= n_heads for h in which):
        raise ValueError(f"which holds a head that there isn't: 0 to {n_heads - 1}")
    result = heads.clone()
    for h in which:
        result[:, h] = heads[:, h].mean(dim=(0, 1))
    return result


# --- wrong: smallest of which
# names: an empty list has neither min nor max
def mean_ablate(heads, which):
    if min(which) < 0 or max(which) >= heads.shape[1]:
        raise ValueError(f"which = {which}")
    out = heads.clone()
    for h in which:
        out[:, h] = heads[:, h].mean(dim=(0, 1))
    return out


# --- wrong: view
# names: view asks for heads that lie in one piece
def mean_ablate(heads, which):
    batch, n_heads, n, d_head = heads.shape
    if any(h < 0 or h >= n_heads for h in which):
        raise ValueError("which holds a head that there isn't")
    result = heads.clone()
    for h in which:
        result[:, h] = heads[:, h].view(batch * n, d_head).mean(0)
    return result
