def project_qkv(x, W_q, W_k, W_v):
    def project(W):
        return (x.double().unsqueeze(-1) * W.double()).sum(dim=-2).to(x.dtype)

    return project(W_q), project(W_k), project(W_v)
