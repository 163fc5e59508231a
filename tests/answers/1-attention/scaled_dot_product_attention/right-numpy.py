def scaled_dot_product_attention(Q, K, V):
    q, k, v = (t.detach().numpy() for t in (Q, K, V))
    scores = q @ np.swapaxes(k, -1, -2) / math.sqrt(q.shape[-1])
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = e / e.sum(axis=-1, keepdims=True)
    return torch.tensor(weights @ v).to(Q.dtype), torch.tensor(weights).to(Q.dtype)
