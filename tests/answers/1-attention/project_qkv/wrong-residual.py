# names: nothing added
def project_qkv(x, W_q, W_k, W_v):
    d = x.shape[-1]
    return x + (x @ W_q)[..., :d], x + (x @ W_k)[..., :d], x + (x @ W_v)[..., :d]
