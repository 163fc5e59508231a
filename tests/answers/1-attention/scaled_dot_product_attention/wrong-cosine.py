# names: cosine
def scaled_dot_product_attention(Q, K, V):
    scores = F.normalize(Q, dim=-1) @ F.normalize(K, dim=-1).transpose(-2, -1)
    weights = F.softmax(scores, dim=-1)
    return weights @ V, weights
