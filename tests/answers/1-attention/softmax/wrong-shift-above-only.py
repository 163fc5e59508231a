# names: both the numerator and the sum
def softmax(x, dim=-1):
    shifted = torch.exp(x - x.amax(dim, keepdim=True))
    return shifted / torch.exp(x).sum(dim, keepdim=True)
