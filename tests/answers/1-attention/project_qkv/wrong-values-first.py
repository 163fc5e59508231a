# names: V comes first
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_v, x @ W_k, x @ W_q
