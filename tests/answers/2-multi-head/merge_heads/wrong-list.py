# names: list of tensors
def merge_heads(x):
    return list(x.unbind(-3))
