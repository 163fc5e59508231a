# names: only the last row
def project_qkv(x, W_q, W_k, W_v):
    for row in x:
        q = row @ W_q
        k = row @ W_k
        v = row @ W_v
    return q, k, v
