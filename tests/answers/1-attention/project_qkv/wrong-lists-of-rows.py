# names: a list comes back as one of the results
def project_qkv(x, W_q, W_k, W_v):
    Q, K, V = [], [], []
    for row in x:
        Q.append(row @ W_q)
        K.append(row @ W_k)
        V.append(row @ W_v)
    return Q, K, V
