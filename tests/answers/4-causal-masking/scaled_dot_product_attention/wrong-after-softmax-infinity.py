# names: after the softmax
def scaled_dot_product_attention(Q, K, V, mask=None):
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, -math.inf)
    return weights @ V, weights
