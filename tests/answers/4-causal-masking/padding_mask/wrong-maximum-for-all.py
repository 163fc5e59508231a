# names: length of the longest
def padding_mask(lengths, n):
    mask = torch.zeros(len(lengths), 1, n, dtype=torch.bool)
    mask[:, :, : int(lengths.max())] = True
    return mask
