# names: additive
def padding_mask(lengths, n):
    padded = (torch.arange(n) >= lengths[:, None])[:, None, :]
    return torch.zeros(padded.shape).masked_fill(padded, float("-inf"))
