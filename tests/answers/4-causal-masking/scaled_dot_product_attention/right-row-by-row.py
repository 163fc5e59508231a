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
