# names: fourth root|d_k instead of the square root
def scaled_dot_product_attention(Q, K, V):
    scale = math.sqrt(Q.shape[-1])
    weights = F.softmax((Q / scale) @ (K / scale).transpose(-2, -1), dim=-1)
    return weights @ V, weights
