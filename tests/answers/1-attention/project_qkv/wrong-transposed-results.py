# names: results are transposed
def project_qkv(x, W_q, W_k, W_v):
    return (x @ W_q).mT, (x @ W_k).mT, (x @ W_v).mT
