# names: x is clamped
def softmax(x, dim=-1):
    x = x.clamp(min=-20)
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)
