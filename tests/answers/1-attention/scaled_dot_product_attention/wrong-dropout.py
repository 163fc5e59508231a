# names: dropout
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    weights = F.dropout(weights, 0.5)
    return weights @ V, weights
