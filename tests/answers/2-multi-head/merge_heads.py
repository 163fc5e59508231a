# --- right: concatenate
def merge_heads(x):
    return torch.cat(torch.unbind(x, dim=-3), dim=-1)


# --- right: contiguous view
def merge_heads(x):
    *batch, n_heads, n, d_head = x.size()
    return x.transpose(-2, -3).contiguous().view(*batch, n, n_heads * d_head)


# --- right: fill
def merge_heads(x):
    n_heads, n, d_head = x.shape[-3:]
    merged = x.new_empty(x.shape[:-3] + (n, n_heads * d_head))
    for h in range(n_heads):
        merged[..., h * d_head : (h + 1) * d_head] = x.select(-3, h)
    return merged


# --- right: hstack loop
def merge_heads(x):
    merged = x[..., 0, :, :]
    for h in range(1, x.shape[-3]):
        merged = torch.cat((merged, x[..., h, :, :]), dim=-1)
    return merged


# --- right: numpy
def merge_heads(x):
    a = np.moveaxis(x.detach().numpy(), -3, -2)
    return torch.tensor(a.reshape(a.shape[:-2] + (-1,)))


# --- right: permute
def merge_heads(x):
    batch = list(range(x.dim() - 3))
    k = len(batch)
    x = x.permute(*batch, k + 1, k, k + 2)
    return x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1])


# --- right: transpose flatten
def merge_heads(x):
    return x.transpose(-3, -2).flatten(start_dim=-2)


# --- wrong: fixed heads
# names: heads are left out
def merge_heads(x):
    return torch.cat([x[..., 0, :, :], x[..., 1, :, :]], dim=-1)


# --- wrong: flattened at once
# names: the transpose is missing
def merge_heads(x):
    return x.reshape(*x.shape[:-2], -1)


# --- wrong: float32
# names: float32
def merge_heads(x):
    n_heads, n, d_head = x.shape[-3:]
    merged = torch.zeros(*x.shape[:-3], n, n_heads * d_head)
    for h in range(n_heads):
        merged[..., h * d_head : (h + 1) * d_head] = x[..., h, :, :]
    return merged


# --- wrong: in place
# names: changes its argument x
def merge_heads(x):
    x.transpose_(-3, -2)
    return x.flatten(-2)


# --- wrong: list
# names: list of tensors
def merge_heads(x):
    return list(x.unbind(-3))


# --- wrong: needs a batch
# names: batch is not handled
def merge_heads(x):
    batch, n_heads, n, d_head = x.shape
    return x.transpose(1, 2).reshape(batch, n, n_heads * d_head)


# --- wrong: no batch
# names: batch is not handled
def merge_heads(x):
    n_heads, n, d_head = x.shape
    return x.transpose(0, 1).reshape(n, n_heads * d_head)


# --- wrong: view of transposed
# names: contiguous
def merge_heads(x):
    *batch, n_heads, n, d_head = x.shape
    return x.transpose(-3, -2).view(*batch, n, n_heads * d_head)
