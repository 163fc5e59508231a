# names: softmax runs over (the first dimension|the queries)
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=0)
    return weights @ V, weights
