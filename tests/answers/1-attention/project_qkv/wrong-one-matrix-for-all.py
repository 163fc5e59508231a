# names: all three results use W_q
def project_qkv(x, W_q, W_k, W_v):
    h = x @ W_q
    return h, h, h
