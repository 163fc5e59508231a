# --- right: cropped trace
def induction_score(weights, period):
    n = weights.shape[-1]
    if not 1 <= period < n:
        raise ValueError(f"{period} is no period of {n} tokens")
    square = weights[..., period:, 1 : n - period + 1]
    flat = square.reshape(-1, n - period, n - period)
    scores = [head.trace() / (n - period) for head in flat]
    return torch.stack(scores).reshape(weights.shape[:-2])


# --- right: diagonal
def induction_score(weights, period):
    n = weights.shape[-1]
    if period < 1 or period >= n:
        raise ValueError(f"period must lie in 1 to {n - 1}, got {period}")
    line = torch.diagonal(weights, offset=1 - period, dim1=-2, dim2=-1)
    return line[..., 1:].mean(-1)


# --- right: fancy index
def induction_score(weights, period):
    n = weights.shape[-2]
    if period not in range(1, n):
        raise ValueError(f"period={period!r} is not one of 1, ..., {n - 1}")
    queries = torch.arange(period, n)
    return weights[..., queries, queries + 1 - period].mean(dim=-1)


# --- right: gather
def induction_score(weights, period):
    n = weights.shape[-1]
    if period <= 0 or n <= period:
        raise ValueError(f"period = {period}: wanted is a number from 1 to {n - 1}")
    later = weights[..., period:, :]
    keys = torch.arange(1, n - period + 1).expand(later.shape[:-1])
    return later.gather(-1, keys.unsqueeze(-1)).squeeze(-1).mean(-1)


# --- right: loop
def induction_score(weights, period):
    n = weights.size(-1)
    if not 0 < period < n:
        raise ValueError("the period must be positive and smaller than the number of tokens")
    total = torch.zeros(weights.shape[:-2], dtype=weights.dtype)
    for query in range(period, n):
        total = total + weights[..., query, query - period + 1]
    return total / (n - period)


# --- right: mask einsum
def induction_score(weights, period):
    n = weights.shape[-1]
    if not 1 <= period <= n - 1:
        raise ValueError(f"period {period} doesn't fit a text of {n} tokens")
    i, j = torch.arange(n)[:, None], torch.arange(n)
    on_line = ((j == i - period + 1) & (i >= period)).to(weights.dtype)
    return torch.einsum("...ij,ij->...", weights, on_line) / (n - period)


# --- right: numpy
def induction_score(weights, period):
    array = weights.detach().numpy()
    n = array.shape[-1]
    if period < 1:
        raise ValueError(f"period is {period}, but must be 1 or more")
    if period >= n:
        raise ValueError(f"period is {period}, but the text has only {n} tokens")
    rows = np.arange(period, n)
    score = array[..., rows, rows - period + 1].mean(axis=-1)
    return torch.from_numpy(np.asarray(score, dtype=array.dtype))


# --- right: running mean
def induction_score(weights, period):
    n = weights.shape[-1]
    if not (period >= 1 and period < n):
        raise ValueError(f"bad period {period}")
    score = weights[..., 0, 0] * 0
    for k in range(n - period):
        score += weights[..., period + k, 1 + k] / (n - period)
    return score


# --- wrong: assertion
# names: refused, but with AssertionError instead of ValueError
def induction_score(weights, period):
    n = weights.shape[-1]
    assert 1 <= period < n, f"period is {period}"
    return weights.diagonal(1 - period, -2, -1)[..., 1:].mean(-1)


# --- wrong: clamps the period
# names: bad input is not refused
def induction_score(weights, period):
    n = weights.shape[-1]
    period = max(1, min(period, n - 1))
    queries = range(period, n)
    return torch.stack([weights[..., i, i - period + 1] for i in queries]).mean(0)


# --- wrong: item
# names: plain number comes back
def induction_score(weights, period):
    n = weights.shape[-1]
    if not 1 <= period < n:
        raise ValueError(f"period is {period}; it must be from 1 to {n - 1}")
    score = weights.diagonal(1 - period, -2, -1)[..., 1:].mean(-1)
    return score.item() if score.dim() == 0 else score


# --- wrong: length of the batch
# names: no query is left to be counted
def induction_score(weights, period):
    if not 1 <= period < weights.shape[-1]:
        raise ValueError(f"period is {period}")
    s = []
    for i in range(period, len(weights)):
        s.append(weights[i, i - period + 1])
    return sum(s) / len(s)


# --- wrong: list of heads
# names: list or an array comes back
def induction_score(weights, period):
    n = weights.shape[-1]
    if not 1 <= period < n:
        raise ValueError(f"period is {period}; it must be from 1 to {n - 1}")

    def of(matrix):
        if matrix.dim() > 2:
            return [of(one) for one in matrix]
        return sum(matrix[i, i - period + 1] for i in range(period, n)) / (n - period)

    return of(weights)


# --- wrong: loop over one batch
# names: the batch is not handled
def induction_score(weights, period):
    n_heads, n, _ = weights.shape
    if not 1 <= period < n:
        raise ValueError(f"period is {period}; it must be from 1 to {n - 1}")
    scores = weights.new_zeros(n_heads)
    for head in range(n_heads):
        for i in range(period, n):
            scores[head] += weights[head, i, i - period + 1]
    return scores / (n - period)


# --- wrong: n of the first dimension
# names: a period that fits is refused
def induction_score(weights, period):
    n = weights.shape[0]
    if not 1 <= period < n:
        raise ValueError(f"period is {period}")
    scores = [weights[..., i, i - period + 1] for i in range(period, n)]
    return torch.stack(scores, -1).mean(-1)


# --- wrong: period n let through
# names: bad input is not refused
def induction_score(weights, period):
    n = weights.shape[-1]
    if not 1 <= period <= n:
        raise ValueError(f"period is {period}; it must be from 1 to {n}")
    return weights.diagonal(1 - period, -2, -1)[..., 1:].mean(-1)
