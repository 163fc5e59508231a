# names: divided by d_k instead of the square root
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.transpose(-2, -1) / Q.shape[-1], dim=-1)
    return weights @ V, weights
