# names: squeezed
def padding_mask(lengths, n):
    mask = (torch.arange(n) < lengths[:, None]).squeeze()
    return mask.unsqueeze(-2)
