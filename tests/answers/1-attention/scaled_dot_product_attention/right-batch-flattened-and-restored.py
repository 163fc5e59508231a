def scaled_dot_product_attention(Q, K, V):
    batch = Q.shape[:-2]
    q, k, v = (t.reshape(-1, *t.shape[-2:]) for t in (Q, K, V))
    scores = torch.bmm(q, k.permute(0, 2, 1)).div(q.shape[2] ** 0.5)
    scores = scores - scores.max(dim=2, keepdim=True).values
    weights = scores.exp()
    weights = weights / weights.sum(dim=2, keepdim=True)
    output = torch.bmm(weights, v)
    return output.reshape(*batch, *output.shape[1:]), weights.reshape(*batch, *weights.shape[1:])
