def project_qkv(x, W_q, W_k, W_v):
    Q, K, V = (torch.einsum("...nm,md->...nd", x, W) for W in (W_q, W_k, W_v))
    return Q, K, V
