# names: K is not transposed
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K / math.sqrt(Q.shape[-1]), dim=-1)
    return weights @ V, weights
