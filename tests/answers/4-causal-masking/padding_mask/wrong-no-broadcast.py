# names: does not broadcast
def padding_mask(lengths, n):
    return (torch.arange(n) < lengths)[:, None, :]
