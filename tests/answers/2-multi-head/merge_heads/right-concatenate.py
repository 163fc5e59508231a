def merge_heads(x):
    return torch.cat(torch.unbind(x, dim=-3), dim=-1)
