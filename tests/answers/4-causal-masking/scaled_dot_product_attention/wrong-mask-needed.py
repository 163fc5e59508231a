# names: mask=None is not handled
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    scores = scores.masked_fill(~mask, -math.inf)
    weights = F.softmax(scores, dim=-1).nan_to_num(0.0)
    return weights @ V, weights
