# names: causal mask
def scaled_dot_product_attention(Q, K, V):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    weights = F.softmax(scores.masked_fill(future, -math.inf), dim=-1)
    return weights @ V, weights
