# names: expanded
def padding_mask(lengths, n):
    keys = torch.arange(n) < lengths[:, None]
    return keys[:, None, :].repeat(1, n, 1)
