# --- right: additive log mask
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / Q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores + mask.to(scores.dtype).log()
    weights = scores.softmax(-1)
    weights = torch.where(weights.isnan(), torch.zeros_like(weights), weights)
    return weights @ V, weights


# --- right: exp by hand
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = torch.einsum("...qd,...kd->...qk", Q, K) / math.sqrt(K.shape[-1])
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    top = scores.masked_fill(~mask, -torch.inf).amax(-1, keepdim=True)
    top = torch.where(top.isfinite(), top, torch.zeros_like(top))
    e = torch.exp(torch.where(mask, scores - top, -torch.inf))
    total = e.sum(-1, keepdim=True)
    weights = e / torch.where(total > 0, total, torch.ones_like(total))
    return torch.einsum("...qk,...kv->...qv", weights, V), weights


# --- right: keep keyless rows finite
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = (Q / math.sqrt(Q.shape[-1])) @ K.transpose(-1, -2)
    if mask is None:
        weights = softmax(scores)
    else:
        has_key = mask.any(dim=-1, keepdim=True)
        scores = scores.masked_fill(~mask & has_key, -math.inf)
        weights = softmax(scores) * has_key
    output = weights @ V
    return output, weights


# --- right: large negative then zero
def scaled_dot_product_attention(Q, K, V, mask=None):
    d_k = Q.shape[-1]
    scores = torch.matmul(Q, K.mT) * d_k**-0.5
    if mask is None:
        weights = F.softmax(scores, -1)
    else:
        lowest = torch.finfo(scores.dtype).min
        weights = F.softmax(torch.where(mask, scores, lowest), -1) * mask
    return torch.matmul(weights, V), weights


# --- right: nan to num
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask == False, float("-inf"))  # noqa: E712
    weights = torch.nan_to_num(torch.softmax(scores, dim=-1), nan=0.0)
    return weights @ V, weights


# --- right: numpy
def scaled_dot_product_attention(Q, K, V, mask=None):
    q, k, v = (t.detach().numpy() for t in (Q, K, V))
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]).astype(q.dtype)
    allowed = np.broadcast_to(True if mask is None else mask.numpy(), scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(-1, keepdims=True)
    e = np.exp(scores - np.where(np.isfinite(top), top, 0.0))
    total = e.sum(-1, keepdims=True)
    weights = np.divide(e, total, out=np.zeros_like(e), where=total > 0).astype(q.dtype)
    return torch.from_numpy(weights @ v), torch.from_numpy(weights)


# --- right: row by row
def scaled_dot_product_attention(Q, K, V, mask=None):
    n_q, n_k = Q.shape[-2], K.shape[-2]
    batch = Q.shape[:-2]
    allowed = torch.ones(*batch, n_q, n_k, dtype=torch.bool)
    if mask is not None:
        allowed = allowed & mask
    q = Q.reshape(-1, n_q, Q.shape[-1])
    k = K.reshape(-1, n_k, K.shape[-1])
    allowed = allowed.reshape(-1, n_q, n_k)
    weights = torch.zeros(len(q), n_q, n_k, dtype=Q.dtype)
    for b in range(len(q)):
        for i in range(n_q):
            keys = allowed[b, i].nonzero().flatten()
            if len(keys) > 0:
                weights[b, i, keys] = torch.softmax(k[b, keys] @ q[b, i] / math.sqrt(q.shape[-1]), 0)
    weights = weights.reshape(*batch, n_q, n_k)
    return weights @ V, weights


# --- right: shares by log sum
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = torch.einsum("...id,...jd->...ij", Q, K) * Q.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, -torch.inf)
    total = scores.logsumexp(-1, keepdim=True)
    total = total.masked_fill(total == -torch.inf, 0.0)  # nothing to share out
    weights = (scores - total).exp()
    return weights @ V, weights


# --- right: torch does it
def scaled_dot_product_attention(Q, K, V, mask=None):
    # The weights are what attention makes of the unit vectors.
    n_k = K.shape[-2]
    units = torch.eye(n_k, dtype=Q.dtype).expand(*K.shape[:-2], n_k, n_k)
    if mask is not None:
        mask = mask.expand(*Q.shape[:-1], n_k)
    weights = F.scaled_dot_product_attention(Q, K, units, attn_mask=mask)
    if mask is not None:
        weights = weights.nan_to_num(0.0).masked_fill(~mask, 0.0)
    return weights @ V, weights


# --- wrong: in place
# names: changes its argument Q
def scaled_dot_product_attention(Q, K, V, mask=None):
    Q /= math.sqrt(Q.shape[-1])
    scores = Q @ K.transpose(-2, -1)
    if mask is not None:
        scores.masked_fill_(~mask, -math.inf)
    weights = scores.softmax(-1).nan_to_num_(0.0)
    return weights @ V, weights


# --- wrong: indexed
# names: does not broadcast
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    if mask is not None:
        scores[~mask] = -math.inf
    weights = F.softmax(scores, dim=-1).nan_to_num(0.0)
    return weights @ V, weights


# --- wrong: mask needed
# names: mask=None is not handled
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    scores = scores.masked_fill(~mask, -math.inf)
    weights = F.softmax(scores, dim=-1).nan_to_num(0.0)
    return weights @ V, weights


# --- wrong: nearly zero
# names: not low enough
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -30.0)
    weights = F.softmax(scores, dim=-1)
    return weights @ V, weights


# --- wrong: output only
# names: only one result
def scaled_dot_product_attention(Q, K, V, mask=None):
    return F.scaled_dot_product_attention(Q, K, V, attn_mask=mask)


# --- wrong: renormalised safely
# names: scaled anew
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask
        total = weights.sum(-1, keepdim=True)
        weights = torch.where(total > 0, weights / total.clamp(min=1e-30), torch.zeros_like(weights))
    return weights @ V, weights


# --- wrong: renormalised
# names: no key left gives NaN
def scaled_dot_product_attention(Q, K, V, mask=None):
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    if mask is not None:
        weights = weights * mask
        weights = weights / weights.sum(-1, keepdim=True)
    return weights @ V, weights


# --- wrong: uniform lowest
# names: uniform weights
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    if mask is not None:
        scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    weights = F.softmax(scores, dim=-1)
    return weights @ V, weights
