# names: base is 2
def softmax(x, dim=-1):
    e = 2.0 ** (x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)
