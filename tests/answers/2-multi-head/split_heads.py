# --- right: chunk
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads != 0:
        raise ValueError(f"Number of heads {n_heads} has to divide {x.shape[-1]}")
    return torch.stack(torch.chunk(x, n_heads, dim=-1), dim=x.dim() - 2)


# --- right: loop into zeros
def split_heads(x, n_heads):
    n, d_model = x.shape[-2:]
    if d_model // n_heads * n_heads != d_model:
        raise ValueError(f"d_model must be a multiple of n_heads, got {d_model} and {n_heads}")
    d_head = d_model // n_heads
    heads = torch.zeros(*x.shape[:-2], n_heads, n, d_head, dtype=x.dtype)
    for h in range(n_heads):
        heads[..., h, :, :] = x.narrow(-1, h * d_head, d_head)
    return heads


# --- right: numpy
def split_heads(x, n_heads):
    a = x.detach().numpy()
    if a.shape[-1] % n_heads != 0:
        raise ValueError(f"n_heads must divide d_model, but {a.shape[-1]} % {n_heads} is not 0")
    a = a.reshape(*a.shape[:-1], n_heads, a.shape[-1] // n_heads)
    return torch.from_numpy(np.ascontiguousarray(np.swapaxes(a, -3, -2)))


# --- right: stack of slices
def split_heads(x, n_heads):
    d_model = x.shape[-1]
    d_head, rest = divmod(d_model, n_heads)
    if rest:
        raise ValueError(f"{n_heads} heads do not fit into {d_model} features")
    slices = [x[..., h * d_head : (h + 1) * d_head] for h in range(n_heads)]
    return torch.stack(slices, dim=-3)


# --- right: transpose twice
def split_heads(x, n_heads):
    d_model = x.shape[-1]
    if d_model % n_heads > 0:
        raise ValueError(f"n_heads should divide {d_model}, and {n_heads} does not")
    rows = x.transpose(-2, -1)
    return rows.reshape(*rows.shape[:-2], n_heads, d_model // n_heads, rows.shape[-1]).transpose(-2, -1)


# --- right: unflatten
def split_heads(x, n_heads):
    d_model = x.size(-1)
    if d_model % n_heads:
        raise ValueError(f"n_heads={n_heads} must divide d_model={d_model}")
    return x.unflatten(-1, (n_heads, d_model // n_heads)).transpose(-3, -2)


# --- right: view permute
def split_heads(x, n_heads):
    *batch, n, d_model = x.shape
    if d_model % n_heads != 0:
        raise ValueError("d_model (%d) is not divisible by n_heads (%d)" % (d_model, n_heads))
    x = x.view(*batch, n, n_heads, d_model // n_heads)
    b = len(batch)
    return x.permute(*range(b), b + 1, b, b + 2).contiguous()


# --- wrong: check the wrong way round
# names: good input is refused
def split_heads(x, n_heads):
    d_model = x.shape[-1]
    if n_heads % d_model != 0:
        raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
    return x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)


# --- wrong: float32
# names: float32
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads != 0:
        raise ValueError(f"n_heads = {n_heads} must divide d_model = {x.shape[-1]}")
    d_head = x.shape[-1] // n_heads
    heads = torch.zeros(*x.shape[:-2], n_heads, x.shape[-2], d_head)
    for h in range(n_heads):
        heads[..., h, :, :] = x[..., h * d_head : (h + 1) * d_head]
    return heads


# --- wrong: list
# names: list of tensors
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads != 0:
        raise ValueError(f"n_heads = {n_heads} must divide d_model = {x.shape[-1]}")
    return x.chunk(n_heads, dim=-1)


# --- wrong: needs a batch
# names: batch is not handled
def split_heads(x, n_heads):
    batch, n, d_model = x.shape
    if d_model % n_heads != 0:
        raise ValueError(f"n_heads = {n_heads} must divide d_model = {d_model}")
    return x.view(batch, n, n_heads, d_model // n_heads).transpose(1, 2)


# --- wrong: overlapping slices
# names: the heads overlap
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads:
        raise ValueError("n_heads must divide d_model")
    d_head = x.shape[-1] // n_heads
    return torch.stack([x[..., h : h + d_head] for h in range(n_heads)], dim=-3)


# --- wrong: rest dropped
# names: bad input is not refused
def split_heads(x, n_heads):
    d_head = x.shape[-1] // n_heads
    return torch.stack([x[..., h * d_head : (h + 1) * d_head] for h in range(n_heads)], dim=-3)


# --- wrong: silent error
# names: message does not say which argument
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads != 0:
        raise ValueError
    return x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)


# --- wrong: size is a float
# names: a size is a float
def split_heads(x, n_heads):
    if x.shape[-1] % n_heads:
        raise ValueError("n_heads must divide d_model")
    d_head = x.shape[-1] / n_heads
    return x.reshape(*x.shape[:-1], n_heads, d_head).transpose(-3, -2)
