def first_keys(lengths, n):
    return torch.arange(n).unsqueeze(0).lt(lengths.unsqueeze(1))


def causal_mask(n):
    return first_keys(torch.arange(1, n + 1), n)
