# names: wrong order \(W\.T @ x\)
def project_qkv(x, W_q, W_k, W_v):
    return W_q.T @ x, W_k.T @ x, W_v.T @ x
