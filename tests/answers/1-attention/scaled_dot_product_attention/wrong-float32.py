# names: float32
def scaled_dot_product_attention(Q, K, V):
    Q, K, V = Q.float(), K.float(), V.float()
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    return weights @ V, weights
