# names: K was projected with W_q
def project_qkv(x, W_q, W_k, W_v):
    Q = x @ W_q
    K = x @ W_q
    V = x @ W_v
    return Q, K, V
