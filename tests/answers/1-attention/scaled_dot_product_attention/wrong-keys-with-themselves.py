# names: K K
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(K @ K.transpose(-2, -1) / math.sqrt(K.shape[-1]), dim=-1)
    return weights @ V, weights
