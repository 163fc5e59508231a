# names: changes its argument Q
def scaled_dot_product_attention(Q, K, V, mask=None):
    Q /= math.sqrt(Q.shape[-1])
    scores = Q @ K.transpose(-2, -1)
    if mask is not None:
        scores.masked_fill_(~mask, -math.inf)
    weights = scores.softmax(-1).nan_to_num_(0.0)
    return weights @ V, weights
