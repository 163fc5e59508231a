# names: a pair, .values, indices
def softmax(x, dim=-1):
    largest = x.max(dim, keepdim=True)
    e = torch.exp(x - largest)
    return e / e.sum(dim, keepdim=True)
