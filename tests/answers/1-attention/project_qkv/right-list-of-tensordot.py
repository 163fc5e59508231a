def project_qkv(x, W_q, W_k, W_v):
    return [torch.tensordot(x, W, dims=1) for W in [W_q, W_k, W_v]]
