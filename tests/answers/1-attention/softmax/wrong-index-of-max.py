# names: the maximum's index
def softmax(x, dim=-1):
    largest = x.max(dim, keepdim=True)[1]
    e = torch.exp(x - largest)
    return e / e.sum(dim, keepdim=True)
