# names: comes back as it is
def merge_heads(x):
    return x
