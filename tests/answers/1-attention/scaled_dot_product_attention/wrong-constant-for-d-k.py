# names: a fixed number
def scaled_dot_product_attention(Q, K, V):
    weights = torch.softmax(Q @ K.transpose(-2, -1) / 32**0.5, dim=-1)
    return weights @ V, weights
