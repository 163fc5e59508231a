# names: not boolean
def padding_mask(lengths, n):
    return (torch.arange(n) < lengths[:, None])[:, None, :].float()
