# names: reverse order
def merge_heads(x):
    return torch.cat(x.unbind(-3)[::-1], dim=-1)
