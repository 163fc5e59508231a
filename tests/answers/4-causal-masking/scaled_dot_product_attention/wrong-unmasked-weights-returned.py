# names: mask reaches the output but not the weights
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    weights = F.softmax(scores, dim=-1)
    masked = weights
    if mask is not None:
        masked = F.softmax(scores.masked_fill(~mask, -math.inf), dim=-1).nan_to_num(0.0)
    return masked @ V, weights
