# names: causal
def padding_mask(lengths, n):
    keys = torch.arange(n) < lengths[:, None]
    return keys[:, None, :] & torch.ones(n, n, dtype=torch.bool).tril()
