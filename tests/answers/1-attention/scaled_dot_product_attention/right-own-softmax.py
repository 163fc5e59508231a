def scaled_dot_product_attention(Q, K, V):
    weights = softmax(Q @ K.mT / Q.shape[-1] ** 0.5)
    return weights @ V, weights
