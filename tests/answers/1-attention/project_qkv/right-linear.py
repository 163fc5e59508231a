def project_qkv(x, W_q, W_k, W_v):
    return tuple(F.linear(x, W.T) for W in (W_q, W_k, W_v))
