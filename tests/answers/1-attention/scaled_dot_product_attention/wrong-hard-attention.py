# names: argmax
def scaled_dot_product_attention(Q, K, V):
    scores = Q @ K.transpose(-2, -1)
    weights = F.one_hot(scores.argmax(-1), K.shape[-2]).to(V.dtype)
    return weights @ V, weights
