def repeat_kv(x, n_repeats):
    return torch.from_numpy(np.repeat(x.detach().numpy(), n_repeats, axis=x.dim() - 3))
