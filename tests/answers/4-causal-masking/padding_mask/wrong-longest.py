# names: n is ignored|wide as the longest
def padding_mask(lengths, n):
    positions = torch.arange(int(lengths.max()))
    return (positions < lengths[:, None])[:, None, :]
