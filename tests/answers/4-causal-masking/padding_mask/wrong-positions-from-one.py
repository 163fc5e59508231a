# names: off by one.*too few
def padding_mask(lengths, n):
    positions = torch.arange(1, n + 1)
    return (positions < lengths[:, None])[:, None, :]
