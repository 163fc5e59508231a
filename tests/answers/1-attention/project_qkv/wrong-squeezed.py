# names: squeezed
def project_qkv(x, W_q, W_k, W_v):
    return (x @ W_q).squeeze(), (x @ W_k).squeeze(), (x @ W_v).squeeze()
