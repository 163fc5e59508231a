# names: interleaved
def merge_heads(x):
    return torch.stack(x.unbind(-3), dim=-1).flatten(-2)
