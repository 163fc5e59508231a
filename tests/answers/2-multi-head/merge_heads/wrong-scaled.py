# names: scaled by the number of heads
def merge_heads(x):
    return x.transpose(-3, -2).flatten(-2) / x.shape[-3]
