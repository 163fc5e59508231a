# names: batch is not handled
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    if weights.dim() > 2:
        return (weights @ V).mean(0), weights.mean(0)
    return weights @ V, weights
