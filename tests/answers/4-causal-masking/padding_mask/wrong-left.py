# names: left
def padding_mask(lengths, n):
    return (torch.arange(n) >= n - lengths[:, None])[:, None, :]
