# names: scaled by the square root
def project_qkv(x, W_q, W_k, W_v):
    d_k = W_k.shape[1]
    return x @ W_q / math.sqrt(d_k), x @ W_k, x @ W_v
