# names: 1 stands in front|batch comes first
def padding_mask(lengths, n):
    return (torch.arange(n) < lengths[:, None]).unsqueeze(0)
