# names: softmax is applied twice
def scaled_dot_product_attention(Q, K, V, mask=None):
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    if mask is not None:
        weights = F.softmax(weights.masked_fill(~mask, -math.inf), dim=-1).nan_to_num(0.0)
    return weights @ V, weights
