# names: not boolean
def padding_mask(lengths, n):
    mask = torch.zeros(len(lengths), 1, n)
    for b in range(len(lengths)):
        mask[b, 0, : lengths[b]] = 1
    return mask
