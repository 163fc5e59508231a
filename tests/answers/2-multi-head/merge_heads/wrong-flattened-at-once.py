# names: below one another
def merge_heads(x):
    return x.flatten(-3, -2)
