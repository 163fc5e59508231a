# names: flattened
def project_qkv(x, W_q, W_k, W_v):
    rows = x.reshape(-1, x.shape[-1])
    return rows @ W_q, rows @ W_k, rows @ W_v
