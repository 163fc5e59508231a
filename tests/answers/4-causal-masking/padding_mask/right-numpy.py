def padding_mask(lengths, n):
    keys = np.arange(n).reshape(1, 1, n)
    return torch.tensor(keys < lengths.numpy().reshape(-1, 1, 1))
