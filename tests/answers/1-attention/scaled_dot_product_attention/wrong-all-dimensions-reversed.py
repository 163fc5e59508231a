# names: batch is not handled
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.permute(*range(K.dim() - 1, -1, -1)) / math.sqrt(Q.shape[-1]), dim=-1)
    return weights @ V, weights
