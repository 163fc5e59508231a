def project_qkv(x, W_q, W_k, W_v):
    together = x @ torch.cat([W_q, W_k, W_v], dim=1)
    return torch.split(together, [W_q.shape[1], W_k.shape[1], W_v.shape[1]], dim=-1)
