# names: not scaled.*square root of d_k
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.transpose(-2, -1), dim=-1)
    return weights @ V, weights
