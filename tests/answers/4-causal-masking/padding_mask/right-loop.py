def padding_mask(lengths, n):
    mask = torch.zeros(len(lengths), 1, n, dtype=torch.bool)
    for b, length in enumerate(lengths.tolist()):
        mask[b, 0, :length] = True
    return mask
