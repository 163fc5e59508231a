# names: scaled by the square root of d_model
def project_qkv(x, W_q, W_k, W_v):
    scale = x.shape[-1] ** -0.5
    return scale * (x @ W_q), scale * (x @ W_k), scale * (x @ W_v)
