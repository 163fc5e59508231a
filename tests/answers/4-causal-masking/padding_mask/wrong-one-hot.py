# names: one-hot
def padding_mask(lengths, n):
    return F.one_hot(lengths, n + 1)[:, None, :n].bool()
