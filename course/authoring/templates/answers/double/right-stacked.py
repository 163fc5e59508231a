def double(x):
    return torch.stack([x, x]).sum(dim=0)
