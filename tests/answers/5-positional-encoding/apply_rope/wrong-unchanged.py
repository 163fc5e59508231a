# names: unchanged
def apply_rope(x, positions=None, base=10000.0):
    return x
