# --- right: einsum
def project_qkv(x, W_q, W_k, W_v):
    Q, K, V = (torch.einsum("...nm,md->...nd", x, W) for W in (W_q, W_k, W_v))
    return Q, K, V


# --- right: flatten and restore
def project_qkv(x, W_q, W_k, W_v):
    rows = x.reshape(-1, x.shape[-1])

    def project(W):
        return torch.mm(rows, W).reshape(x.shape[:-1] + (W.shape[-1],))

    return project(W_q), project(W_k), project(W_v)


# --- right: linear
def project_qkv(x, W_q, W_k, W_v):
    return tuple(F.linear(x, W.T) for W in (W_q, W_k, W_v))


# --- right: list of tensordot
def project_qkv(x, W_q, W_k, W_v):
    return [torch.tensordot(x, W, dims=1) for W in [W_q, W_k, W_v]]


# --- right: matmul operator
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_k, x @ W_v


# --- right: numpy
def project_qkv(x, W_q, W_k, W_v):
    a = x.detach().numpy()
    return tuple(torch.from_numpy(a @ W.detach().numpy()) for W in (W_q, W_k, W_v))


# --- right: one product
def project_qkv(x, W_q, W_k, W_v):
    together = x @ torch.cat([W_q, W_k, W_v], dim=1)
    return torch.split(together, [W_q.shape[1], W_k.shape[1], W_v.shape[1]], dim=-1)


# --- right: sum of products
def project_qkv(x, W_q, W_k, W_v):
    def project(W):
        return (x.double().unsqueeze(-1) * W.double()).sum(dim=-2).to(x.dtype)

    return project(W_q), project(W_k), project(W_v)


# --- wrong: concatenated
# names: one tensor comes back
def project_qkv(x, W_q, W_k, W_v):
    return torch.cat([x @ W_q, x @ W_k, x @ W_v], dim=-1)


# --- wrong: first sequence
# names: only the first sequence
def project_qkv(x, W_q, W_k, W_v):
    if x.dim() > 2:
        x = x[0]
    return x @ W_q, x @ W_k, x @ W_v


# --- wrong: keys transposed
# names: transposed
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, (x @ W_k).transpose(-2, -1), x @ W_v


# --- wrong: last row of a loop
# names: only the last row
def project_qkv(x, W_q, W_k, W_v):
    for row in x:
        q = row @ W_q
        k = row @ W_k
        v = row @ W_v
    return q, k, v


# --- wrong: lists of rows
# names: a list comes back as one of the results
def project_qkv(x, W_q, W_k, W_v):
    Q, K, V = [], [], []
    for row in x:
        Q.append(row @ W_q)
        K.append(row @ W_k)
        V.append(row @ W_v)
    return Q, K, V


# --- wrong: needs a batch
# names: batch is not handled
def project_qkv(x, W_q, W_k, W_v):
    batch = x.shape[0]
    Q, K, V = (torch.bmm(x, W.expand(batch, *W.shape)) for W in (W_q, W_k, W_v))
    return Q, K, V


# --- wrong: new layers
# names: random
def project_qkv(x, W_q, W_k, W_v):
    d_model = x.shape[-1]
    layers = [nn.Linear(d_model, W.shape[1]).to(x.dtype) for W in (W_q, W_k, W_v)]
    return tuple(layer(x) for layer in layers)


# --- wrong: residual
# names: nothing added
def project_qkv(x, W_q, W_k, W_v):
    d = x.shape[-1]
    return x + (x @ W_q)[..., :d], x + (x @ W_k)[..., :d], x + (x @ W_v)[..., :d]
