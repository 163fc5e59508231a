def project_qkv(x, W_q, W_k, W_v):
    def product(W):
        # NumPy has no bfloat16, so the product is made in double precision.
        y = x.detach().double().numpy() @ W.detach().double().numpy()
        return torch.from_numpy(y).to(x.dtype)

    return product(W_q), product(W_k), product(W_v)
