# --- right: dimension moved last
def softmax(x, dim=-1):
    rows = x.movedim(dim, -1)
    top, _ = rows.max(dim=-1)
    e = (rows - top.unsqueeze(-1)).exp()
    return (e / e.sum(-1).unsqueeze(-1)).movedim(-1, dim)


# --- right: in place
def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    result = x - torch.amax(x, dim, True)
    result.exp_()
    result.div_(result.sum(dim, True))
    return result


# --- right: logsumexp
def softmax(x, dim=-1):
    return torch.exp(x - torch.logsumexp(x, dim=dim, keepdim=True))


# --- right: numpy
def softmax(x, dim=-1):
    a = x.detach().numpy().astype(np.float64)
    e = np.exp(a - a.max(axis=dim, keepdims=True))
    return torch.tensor(e / e.sum(axis=dim, keepdims=True)).to(x.dtype)


# --- right: pairwise differences
def softmax(x, dim=-1):
    # 1 / sum_j exp(x_j - x_i), computed in float64; an overflow gives 1/inf, which is 0.
    y = x.double().movedim(dim, -1)
    y = y - y.amax(-1, keepdim=True)
    differences = y.unsqueeze(-2) - y.unsqueeze(-1)
    weights = 1 / differences.exp().sum(-1)
    weights = torch.where(y == -math.inf, torch.zeros_like(weights), weights)
    return weights.movedim(-1, dim).to(x.dtype)


# --- right: row by row
def softmax_of_row(row):
    biggest = max(row)
    e = [math.exp(value - biggest) for value in row]
    return [value / sum(e) for value in e]


def softmax(x, dim=-1):
    last = x.transpose(dim, -1)
    rows = last.reshape(-1, last.shape[-1]).tolist()
    result = torch.tensor([softmax_of_row(row) for row in rows], dtype=x.dtype)
    return result.reshape(last.shape).transpose(dim, -1)


# --- right: shifted
def softmax(x, dim=-1):
    e = torch.exp(x - x.max(dim=dim, keepdim=True).values)
    return e / torch.sum(e, dim=dim, keepdim=True)


# --- right: torch
def softmax(x, dim=-1):
    return F.softmax(x, dim=dim)


# --- wrong: epsilon in sum
# names: epsilon
def softmax(x, dim=-1):
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / (e.sum(dim, keepdim=True) + 1e-3)


# --- wrong: index of max
# names: the maximum's index
def softmax(x, dim=-1):
    largest = x.max(dim, keepdim=True)[1]
    e = torch.exp(x - largest)
    return e / e.sum(dim, keepdim=True)


# --- wrong: infinity minus infinity
# names: row with -inf gives NaN
def softmax(x, dim=-1):
    e = torch.exp(x - x.amax(dim, keepdim=True))
    weights = e / e.sum(dim, keepdim=True)
    return weights + 0 * x


# --- wrong: lowest instead of infinity
# names: x is clamped
def softmax(x, dim=-1):
    x = x.clamp(min=-20)
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


# --- wrong: pair of max
# names: a pair, .values, indices
def softmax(x, dim=-1):
    largest = x.max(dim, keepdim=True)
    e = torch.exp(x - largest)
    return e / e.sum(dim, keepdim=True)


# --- wrong: rounded
# names: rounded
def softmax(x, dim=-1):
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return (e / e.sum(dim, keepdim=True)).round(decimals=3)


# --- wrong: transposed
# names: transposed
def softmax(x, dim=-1):
    last = x.movedim(dim, -1)
    e = torch.exp(last - last.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)


# --- wrong: two dimensions only
# names: any number of dimensions
def softmax(x, dim=-1):
    n_rows, n_columns = x.shape
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)
