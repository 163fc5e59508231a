# names: V was projected with W_k
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_k, x @ W_k
