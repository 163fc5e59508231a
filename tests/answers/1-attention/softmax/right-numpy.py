def softmax(x, dim=-1):
    a = x.detach().numpy().astype(np.float64)
    e = np.exp(a - a.max(axis=dim, keepdims=True))
    return torch.tensor(e / e.sum(axis=dim, keepdims=True)).to(x.dtype)
