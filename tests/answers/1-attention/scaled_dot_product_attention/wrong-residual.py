# names: residual
def scaled_dot_product_attention(Q, K, V):
    weights = F.softmax(Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1]), dim=-1)
    output = weights @ V
    if output.shape == Q.shape:
        output = output + Q
    return output, weights
