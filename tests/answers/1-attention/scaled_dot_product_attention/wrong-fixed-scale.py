# names: fixed number
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.transpose(-2, -1) / 8, dim=-1)
    return weights @ V, weights
