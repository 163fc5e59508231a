def padding_mask(lengths, n):
    return torch.stack(
        [
            torch.cat([torch.ones(int(k), dtype=torch.bool), torch.zeros(n - int(k), dtype=torch.bool)])
            for k in lengths
        ]
    )[:, None]
