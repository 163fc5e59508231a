def split_heads(x, n_heads):
    a = x.detach().numpy()
    if a.shape[-1] % n_heads != 0:
        raise ValueError(f"n_heads must divide d_model, but {a.shape[-1]} % {n_heads} is not 0")
    a = a.reshape(*a.shape[:-1], n_heads, a.shape[-1] // n_heads)
    return torch.from_numpy(np.ascontiguousarray(np.swapaxes(a, -3, -2)))
