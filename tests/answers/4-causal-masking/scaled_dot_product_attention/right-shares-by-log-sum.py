def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = torch.einsum("...id,...jd->...ij", Q, K) * Q.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, -torch.inf)
    total = scores.logsumexp(-1, keepdim=True)
    total = total.masked_fill(total == -torch.inf, 0.0)  # nothing to share out
    weights = (scores - total).exp()
    return weights @ V, weights
