# names: wrong order \(W @ x\)
def project_qkv(x, W_q, W_k, W_v):
    return W_q @ x, W_k @ x, W_v @ x
