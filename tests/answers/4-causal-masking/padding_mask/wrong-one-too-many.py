# names: off by one.*too many
def padding_mask(lengths, n):
    return (torch.arange(n) <= lengths[:, None])[:, None, :]
