# names: middle dimension is missing
def padding_mask(lengths, n):
    return torch.arange(n) < lengths[:, None]
