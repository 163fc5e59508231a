def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / Q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores + mask.to(scores.dtype).log()
    weights = scores.softmax(-1)
    weights = torch.where(weights.isnan(), torch.zeros_like(weights), weights)
    return weights @ V, weights
