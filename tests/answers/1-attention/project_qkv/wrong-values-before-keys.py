# names: V and K swapped
def project_qkv(x, W_q, W_k, W_v):
    return x @ W_q, x @ W_v, x @ W_k
