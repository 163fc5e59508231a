# names: build on one another
def project_qkv(x, W_q, W_k, W_v):
    Q = x @ W_q
    K = Q @ W_k
    V = K @ W_v
    return Q, K, V
