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
