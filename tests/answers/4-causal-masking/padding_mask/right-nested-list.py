def padding_mask(lengths, n):
    rows = [[[key < int(length) for key in range(n)]] for length in lengths]
    return torch.tensor(rows, dtype=torch.bool)
