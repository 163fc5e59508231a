def padding_mask(lengths, n):
    return torch.arange(n)[None, None, :] < lengths[:, None, None]
