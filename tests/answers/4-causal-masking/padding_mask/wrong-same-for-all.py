# names: length of the (first|longest|shortest)
def padding_mask(lengths, n):
    mask = torch.zeros(len(lengths), 1, n, dtype=torch.bool)
    mask[:, :, : int(lengths[0])] = True
    return mask
