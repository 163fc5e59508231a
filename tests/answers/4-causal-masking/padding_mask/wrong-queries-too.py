# names: padded queries
def padding_mask(lengths, n):
    keys = torch.arange(n) < lengths[:, None]
    return keys[:, None, :] & keys[:, :, None]
