# names: overflow
def scaled_dot_product_attention(Q, K, V):
    e = torch.exp(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]))
    weights = e / e.sum(dim=-1, keepdim=True)
    return weights @ V, weights
