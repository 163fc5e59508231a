# names: transposed
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, (x @ W_k).transpose(-2, -1), x @ W_v
