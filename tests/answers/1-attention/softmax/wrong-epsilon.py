# names: epsilon
def softmax(x, dim=-1):
    e = torch.exp(x - x.amax(dim, keepdim=True)) + 1e-9
    return e / e.sum(dim, keepdim=True)
