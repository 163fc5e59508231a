# names: causal mask is applied
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    future = torch.ones(Q.shape[-2], K.shape[-2], dtype=torch.bool).triu(1)
    weights = F.softmax(scores.masked_fill(future, -math.inf), dim=-1)
    return weights @ V, weights
