# names: only the first sequence
def project_qkv(x, W_q, W_k, W_v):
    if x.dim() > 2:
        x = x[0]
    return x @ W_q, x @ W_k, x @ W_v
