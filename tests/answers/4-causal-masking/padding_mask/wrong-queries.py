# names: queries are masked
def padding_mask(lengths, n):
    return (torch.arange(n) < lengths[:, None])[:, :, None]
