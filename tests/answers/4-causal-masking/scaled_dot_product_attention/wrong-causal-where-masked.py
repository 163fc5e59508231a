# names: causal mask is applied whatever
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    if mask is not None:
        future = torch.ones(Q.shape[-2], K.shape[-2], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(future, -math.inf)
    weights = F.softmax(scores, dim=-1)
    return weights @ V, weights
