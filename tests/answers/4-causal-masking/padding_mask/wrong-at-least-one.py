# names: length of 0
def padding_mask(lengths, n):
    lengths = torch.clamp(lengths, min=1)
    return (torch.arange(n) < lengths[:, None])[:, None, :]
