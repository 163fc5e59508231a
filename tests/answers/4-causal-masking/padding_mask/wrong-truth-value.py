# names: truth as a whole
def padding_mask(lengths, n):
    row = [True if k < lengths else False for k in range(n)]
    return torch.tensor(row)[:, None, :]
