def padding_mask(lengths, n):
    positions = torch.arange(n).expand(lengths.shape[0], n)
    is_padding = positions.ge(lengths.unsqueeze(-1))
    return torch.logical_not(is_padding).unsqueeze(-2)
