# --- right: compare
def padding_mask(lengths, n):
    return torch.arange(n)[None, None, :] < lengths[:, None, None]


# --- right: cumulative
def padding_mask(lengths, n):
    ends = F.one_hot(lengths.long(), n + 1).cumsum(-1)
    return (ends[:, :n] == 0).reshape(-1, 1, n)


# --- right: loop
def padding_mask(lengths, n):
    mask = torch.zeros(len(lengths), 1, n, dtype=torch.bool)
    for b, length in enumerate(lengths.tolist()):
        mask[b, 0, :length] = True
    return mask


# --- right: nested list
def padding_mask(lengths, n):
    rows = [[[key < int(length) for key in range(n)]] for length in lengths]
    return torch.tensor(rows, dtype=torch.bool)


# --- right: not padding
def padding_mask(lengths, n):
    positions = torch.arange(n).expand(lengths.shape[0], n)
    is_padding = positions.ge(lengths.unsqueeze(-1))
    return torch.logical_not(is_padding).unsqueeze(-2)


# --- right: numpy
def padding_mask(lengths, n):
    keys = np.arange(n).reshape(1, 1, n)
    return torch.tensor(keys < lengths.numpy().reshape(-1, 1, 1))


# --- right: rows of a triangle
def padding_mask(lengths, n):
    # Row k of this triangle is True at the first k keys.
    triangle = torch.ones(n + 1, n, dtype=torch.bool).tril(-1)
    return triangle[lengths].unsqueeze(1)


# --- right: stack
def padding_mask(lengths, n):
    return torch.stack(
        [
            torch.cat([torch.ones(int(k), dtype=torch.bool), torch.zeros(n - int(k), dtype=torch.bool)])
            for k in lengths
        ]
    )[:, None]


# --- wrong: additive
# names: additive
def padding_mask(lengths, n):
    padded = (torch.arange(n) >= lengths[:, None])[:, None, :]
    return torch.zeros(padded.shape).masked_fill(padded, float("-inf"))


# --- wrong: negative slice
# names: length of n
def padding_mask(lengths, n):
    mask = torch.ones(len(lengths), 1, n, dtype=torch.bool)
    for b, length in enumerate(lengths):
        mask[b, 0, -(n - int(length)) :] = False
    return mask


# --- wrong: no broadcast
# names: does not broadcast
def padding_mask(lengths, n):
    return (torch.arange(n) < lengths)[:, None, :]


# --- wrong: squeezed
# names: squeezed
def padding_mask(lengths, n):
    mask = (torch.arange(n) < lengths[:, None]).squeeze()
    return mask.unsqueeze(-2)


# --- wrong: truth value
# names: truth as a whole
def padding_mask(lengths, n):
    row = [True if k < lengths else False for k in range(n)]
    return torch.tensor(row)[:, None, :]


# --- wrong: zeros without dtype
# names: not boolean
def padding_mask(lengths, n):
    mask = torch.zeros(len(lengths), 1, n)
    for b in range(len(lengths)):
        mask[b, 0, : lengths[b]] = 1
    return mask


# --- wrong: one row for all
# names: length of the longest
def padding_mask(lengths, n):
    longest = max(lengths.tolist())
    mask = torch.zeros(1, 1, n, dtype=torch.bool)
    mask[..., :longest] = True
    return mask
