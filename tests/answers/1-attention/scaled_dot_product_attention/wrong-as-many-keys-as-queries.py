# names: differ in number
def scaled_dot_product_attention(Q, K, V):
    *batch, n, d_k = Q.shape
    K = K.reshape(*batch, n, d_k)
    V = V.reshape(*batch, n, d_k)
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(d_k), dim=-1)
    return weights @ V, weights
