# names: transposed
def softmax(x, dim=-1):
    last = x.movedim(dim, -1)
    e = torch.exp(last - last.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
