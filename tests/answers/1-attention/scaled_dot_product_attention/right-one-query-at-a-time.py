def scaled_dot_product_attention(Q, K, V):
    rows = []
    for i in range(Q.shape[-2]):
        scores = (Q[..., i : i + 1, :] * K).sum(-1) / math.sqrt(K.shape[-1])
        rows.append(F.softmax(scores, dim=-1))
    weights = torch.stack(rows, dim=-2)
    output = (weights.unsqueeze(-1) * V.unsqueeze(-3)).sum(-2)
    return output, weights
