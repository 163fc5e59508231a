# names: float32
def project_qkv(x, W_q, W_k, W_v):
    x = x.float()
    return x @ W_q.float(), x @ W_k.float(), x @ W_v.float()
