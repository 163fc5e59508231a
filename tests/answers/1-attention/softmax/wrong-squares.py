# names: squared
def softmax(x, dim=-1):
    return x**2 / (x**2).sum(dim, keepdim=True)
