# names: weight matrix is transposed
def project_qkv(x, W_q, W_k, W_v):
    return F.linear(x, W_q), F.linear(x, W_k), F.linear(x, W_v)
