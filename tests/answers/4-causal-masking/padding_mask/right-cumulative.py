def padding_mask(lengths, n):
    ends = F.one_hot(lengths.long(), n + 1).cumsum(-1)
    return (ends[:, :n] == 0).reshape(-1, 1, n)
