# names: batch\) dimension is taken for the heads|batch is not handled
def merge_heads(x):
    return torch.cat([head for head in x], dim=-1)
