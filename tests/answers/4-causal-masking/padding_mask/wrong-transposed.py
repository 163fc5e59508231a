# names: transposed
def padding_mask(lengths, n):
    return (torch.arange(n)[:, None] < lengths)[:, None, :]
