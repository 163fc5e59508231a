# --- right: batch flattened and restored
def scaled_dot_product_attention(Q, K, V):
    batch = Q.shape[:-2]
    q, k, v = (t.reshape(-1, *t.shape[-2:]) for t in (Q, K, V))
    scores = torch.bmm(q, k.permute(0, 2, 1)).div(q.shape[2] ** 0.5)
    scores = scores - scores.max(dim=2, keepdim=True).values
    weights = scores.exp()
    weights = weights / weights.sum(dim=2, keepdim=True)
    output = torch.bmm(weights, v)
    return output.reshape(*batch, *output.shape[1:]), weights.reshape(*batch, *weights.shape[1:])


# --- right: einsum
def scaled_dot_product_attention(Q, K, V):
    scores = torch.einsum("...qd,...kd->...qk", Q, K) * K.shape[-1] ** -0.5
    weights = F.softmax(scores, dim=-1)
    return torch.einsum("...qk,...kv->...qv", weights, V), weights


# --- right: numpy
def scaled_dot_product_attention(Q, K, V):
    q, k, v = (t.detach().numpy() for t in (Q, K, V))
    scores = q @ np.swapaxes(k, -1, -2) / math.sqrt(q.shape[-1])
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = e / e.sum(axis=-1, keepdims=True)
    return torch.tensor(weights @ v).to(Q.dtype), torch.tensor(weights).to(Q.dtype)


# --- right: one query at a time
def scaled_dot_product_attention(Q, K, V):
    rows = []
    for i in range(Q.shape[-2]):
        scores = (Q[..., i : i + 1, :] * K).sum(-1) / math.sqrt(K.shape[-1])
        rows.append(F.softmax(scores, dim=-1))
    weights = torch.stack(rows, dim=-2)
    output = (weights.unsqueeze(-1) * V.unsqueeze(-3)).sum(-2)
    return output, weights


# --- right: own softmax
def scaled_dot_product_attention(Q, K, V):
    weights = softmax(Q @ K.mT / Q.shape[-1] ** 0.5)
    return weights @ V, weights


# --- right: plain
def scaled_dot_product_attention(Q, K, V):
    d_k = Q.size(-1)
    scores = torch.matmul(Q, K.transpose(-2, -1)) / math.sqrt(d_k)
    weights = torch.softmax(scores, dim=-1)
    output = torch.matmul(weights, V)
    return output, weights


# --- right: scaled queries list
def scaled_dot_product_attention(Q, K, V):
    Q = Q / np.sqrt(Q.shape[-1])
    weights = (Q @ torch.swapaxes(K, -1, -2)).softmax(-1)
    return [weights @ V, weights]


# --- right: torch does it
def scaled_dot_product_attention(Q, K, V):
    n_k = K.shape[-2]
    units = torch.eye(n_k, dtype=V.dtype).expand(*V.shape[:-1], n_k)
    weights = F.scaled_dot_product_attention(Q, K, units)
    return F.scaled_dot_product_attention(Q, K, V), weights


# --- wrong: all dimensions reversed
# names: batch is not handled
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.permute(*range(K.dim() - 1, -1, -1)) / math.sqrt(Q.shape[-1]), dim=-1)
    return weights @ V, weights


# --- wrong: as many keys as queries
# names: differ in number
def scaled_dot_product_attention(Q, K, V):
    *batch, n, d_k = Q.shape
    K = K.reshape(*batch, n, d_k)
    V = V.reshape(*batch, n, d_k)
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(d_k), dim=-1)
    return weights @ V, weights


# --- wrong: batch averaged
# names: batch is not handled
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    if weights.dim() > 2:
        return (weights @ V).mean(0), weights.mean(0)
    return weights @ V, weights


# --- wrong: constant for d k
# names: a fixed number
def scaled_dot_product_attention(Q, K, V):
    weights = torch.softmax(Q @ K.transpose(-2, -1) / 32**0.5, dim=-1)
    return weights @ V, weights


# --- wrong: dropout
# names: dropout
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    weights = F.dropout(weights, 0.5)
    return weights @ V, weights


# --- wrong: overflow
# names: overflow
def scaled_dot_product_attention(Q, K, V):
    e = torch.exp(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]))
    weights = e / e.sum(dim=-1, keepdim=True)
    return weights @ V, weights


# --- wrong: three dimensions only
# names: batch is not handled
def scaled_dot_product_attention(Q, K, V):
    batch, n_q, d_k = Q.shape
    weights = F.softmax(torch.bmm(Q, K.transpose(1, 2)) / math.sqrt(d_k), dim=2)
    return torch.bmm(weights, V), weights


# --- wrong: values element by element
# names: element by element
def scaled_dot_product_attention(Q, K, V):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    weights = torch.softmax(scores, dim=-1)
    return weights * V, weights
