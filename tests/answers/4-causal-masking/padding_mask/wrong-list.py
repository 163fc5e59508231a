# names: list
def padding_mask(lengths, n):
    return [[[k < int(length) for k in range(n)]] for length in lengths]
