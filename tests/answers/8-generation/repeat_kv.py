# --- right: einsum
def repeat_kv(x, n_repeats):
    ones = torch.ones(n_repeats, dtype=x.dtype)
    return torch.einsum("...hnd,r->...hrnd", x, ones).flatten(-4, -3)


# --- right: expand
def repeat_kv(x, n_repeats):
    *batch, n_kv_heads, n, d_head = x.shape
    copies = x[..., None, :, :].expand(*batch, n_kv_heads, n_repeats, n, d_head)
    return copies.reshape(*batch, n_kv_heads * n_repeats, n, d_head)


# --- right: index
def repeat_kv(x, n_repeats):
    partner = torch.arange(x.shape[-3] * n_repeats) // n_repeats
    return x[..., partner, :, :]


# --- right: loop
def repeat_kv(x, n_repeats):
    heads = []
    for head in x.unbind(dim=-3):
        for _ in range(n_repeats):
            heads.append(head)
    return torch.stack(heads, dim=-3)


# --- right: matrix
def repeat_kv(x, n_repeats):
    # A matrix with a 1 where a query head meets its key head.
    meets = torch.eye(x.shape[-3], dtype=x.dtype).repeat_interleave(n_repeats, dim=0)
    flat = x.flatten(-2)
    return (meets @ flat).unflatten(-1, x.shape[-2:])


# --- right: numpy
def repeat_kv(x, n_repeats):
    return torch.from_numpy(np.repeat(x.detach().numpy(), n_repeats, axis=x.dim() - 3))


# --- right: stack
def repeat_kv(x, n_repeats):
    return torch.stack([x] * n_repeats, dim=-3).flatten(-4, -3)


# --- wrong: batch dimension
# names: batch is not handled
def repeat_kv(x, n_repeats):
    batch, n_kv_heads, n, d_head = x.shape
    copies = x[:, :, None].expand(batch, n_kv_heads, n_repeats, n, d_head)
    return copies.reshape(batch, n_kv_heads * n_repeats, n, d_head)


# --- wrong: copies kept apart
# names: dimension too many
def repeat_kv(x, n_repeats):
    *batch, n_kv_heads, n, d_head = x.shape
    return x[..., None, :, :].expand(*batch, n_kv_heads, n_repeats, n, d_head)


# --- wrong: list of heads
# names: a list of heads comes back
def repeat_kv(x, n_repeats):
    return [head for head in x.unbind(dim=-3) for _ in range(n_repeats)]


# --- wrong: numpy tile
# names: again and again \(0, 1, 0, 1
def repeat_kv(x, n_repeats):
    times = [1] * x.dim()
    times[-3] = n_repeats
    return torch.from_numpy(np.tile(x.detach().numpy(), times))


# --- wrong: positions first
# names: positions are repeated
def repeat_kv(x, n_repeats):
    return x.transpose(-3, -2).repeat_interleave(n_repeats, dim=-3).transpose(-3, -2)


# --- wrong: view mixed
# names: again and again \(0, 1, 0, 1
def repeat_kv(x, n_repeats):
    *batch, n_kv_heads, n, d_head = x.shape
    copies = x.unsqueeze(-4).expand(*batch, n_repeats, n_kv_heads, n, d_head)
    return copies.reshape(*batch, n_repeats * n_kv_heads, n, d_head)
