# --- right: compare positions
def causal_mask(n):
    i = torch.arange(n)
    return i[None, :] <= i[:, None]


# --- right: cumulative sum
def causal_mask(n):
    # A row of the identity, summed up from the right, is 1 up to its own position.
    return torch.eye(n).flip(-1).cumsum(-1).flip(-1).bool()


# --- right: loops
def causal_mask(n):
    mask = torch.zeros(n, n, dtype=torch.bool)
    for i in range(n):
        for j in range(i + 1):
            mask[i, j] = True
    return mask


# --- right: nested list
def causal_mask(n: int) -> torch.Tensor:
    return torch.tensor([[j <= i for j in range(n)] for i in range(n)])


# --- right: not triu
def causal_mask(n):
    future = torch.triu(torch.ones(n, n), diagonal=1)
    return future == 0


# --- right: numpy
def causal_mask(n):
    return torch.from_numpy(np.tri(n, dtype=bool))


# --- right: sequence mask
def first_keys(lengths, n):
    return torch.arange(n).unsqueeze(0).lt(lengths.unsqueeze(1))


def causal_mask(n):
    return first_keys(torch.arange(1, n + 1), n)


# --- right: tril indices
def causal_mask(n):
    rows, columns = torch.tril_indices(n, n)
    mask = torch.full((n, n), False)
    mask[rows, columns] = True
    return mask


# --- right: tril
def causal_mask(n):
    return torch.tril(torch.ones(n, n, dtype=torch.bool))


# --- wrong: additive
# names: additive
def causal_mask(n):
    return torch.full((n, n), float("-inf")).triu(1)


# --- wrong: first row
# names: the whole diagonal is True
def causal_mask(n):
    mask = torch.zeros(n, n, dtype=torch.bool)
    for i in range(1, n):
        mask[i, : i + 1] = True
    return mask


# --- wrong: fixed buffer
# names: size is fixed
MAX_POSITIONS = 32
BUFFER = torch.ones(MAX_POSITIONS, MAX_POSITIONS, dtype=torch.bool).tril()


def causal_mask(n):
    return BUFFER[:n, :n]


# --- wrong: float inverted
# names: inverted
def causal_mask(n):
    return torch.ones(n, n).triu(1)


# --- wrong: numpy array
# names: NumPy array
def causal_mask(n):
    return np.tril(np.ones((n, n), dtype=bool))


# --- wrong: window of three
# names: a window
def causal_mask(n):
    m = torch.ones(n, n, dtype=torch.bool)
    return m.tril() & m.triu(-2)


# --- wrong: triangle of a row
# names: cut out of a single row
def causal_mask(n):
    allowed = torch.ones(n, dtype=torch.bool)
    return torch.tril(allowed)
