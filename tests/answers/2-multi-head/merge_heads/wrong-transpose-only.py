# names: not merged
def merge_heads(x):
    return x.transpose(-3, -2)
