# names: reshaped
def scaled_dot_product_attention(Q, K, V):
    K_t = K.reshape(*K.shape[:-2], K.shape[-1], K.shape[-2])
    weights = F.softmax(Q @ K_t / math.sqrt(Q.shape[-1]), dim=-1)
    return weights @ V, weights
