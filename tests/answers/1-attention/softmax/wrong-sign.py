# names: sign is flipped
def softmax(x, dim=-1):
    e = torch.exp(-(x - x.amin(dim, keepdim=True)))
    return e / e.sum(dim, keepdim=True)
