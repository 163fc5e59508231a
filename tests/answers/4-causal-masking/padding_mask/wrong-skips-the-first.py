# names: off by one.*first key
def padding_mask(lengths, n):
    positions = torch.arange(n)
    return ((positions > 0) & (positions <= lengths[:, None]))[:, None, :]
