# names: exponential is missing
def softmax(x, dim=-1):
    return x / x.sum(dim=dim, keepdim=True)
