def scaled_dot_product_attention(Q, K, V, mask=None):
    d_k = Q.shape[-1]
    scores = torch.matmul(Q, K.mT) * d_k**-0.5
    if mask is None:
        weights = F.softmax(scores, -1)
    else:
        lowest = torch.finfo(scores.dtype).min
        weights = F.softmax(torch.where(mask, scores, lowest), -1) * mask
    return torch.matmul(weights, V), weights
