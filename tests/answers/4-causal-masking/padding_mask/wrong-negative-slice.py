# names: length of n
def padding_mask(lengths, n):
    mask = torch.ones(len(lengths), 1, n, dtype=torch.bool)
    for b, length in enumerate(lengths):
        mask[b, 0, -(n - int(length)) :] = False
    return mask
