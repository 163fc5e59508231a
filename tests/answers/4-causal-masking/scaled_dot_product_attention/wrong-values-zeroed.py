# names: values of masked keys are zeroed|mask is ignored
def scaled_dot_product_attention(Q, K, V, mask=None):
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    shown = weights if mask is None else weights * mask
    return shown @ V, weights
