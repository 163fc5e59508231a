# names: normalised
def project_qkv(x, W_q, W_k, W_v):
    return tuple(F.normalize(x @ W, dim=-1) for W in (W_q, W_k, W_v))
