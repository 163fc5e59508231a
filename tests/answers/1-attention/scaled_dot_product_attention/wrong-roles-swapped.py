# names: queries and keys are swapped
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(K @ Q.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    return weights @ V, weights
