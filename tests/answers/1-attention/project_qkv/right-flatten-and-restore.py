def project_qkv(x, W_q, W_k, W_v):
    rows = x.reshape(-1, x.shape[-1])

    def project(W):
        return torch.mm(rows, W).reshape(x.shape[:-1] + (W.shape[-1],))

    return project(W_q), project(W_k), project(W_v)
