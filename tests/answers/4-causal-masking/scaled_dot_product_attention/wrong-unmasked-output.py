# names: output is made with the unmasked
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    output = F.softmax(scores, dim=-1) @ V
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return output, F.softmax(scores, dim=-1).nan_to_num(0.0)
