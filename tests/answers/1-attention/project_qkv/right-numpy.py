def project_qkv(x, W_q, W_k, W_v):
    a = x.detach().numpy()
    return tuple(torch.from_numpy(a @ W.detach().numpy()) for W in (W_q, W_k, W_v))
