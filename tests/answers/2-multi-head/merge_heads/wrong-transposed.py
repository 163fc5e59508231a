# names: result is transposed
def merge_heads(x):
    return x.transpose(-2, -1).flatten(-3, -2)
