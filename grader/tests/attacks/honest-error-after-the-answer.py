"""An honest answer whose cell goes on to an experiment that fails."""
# verdict: passed
def softmax(x, dim=-1):
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


softmax(torch.randn(3), dim=5)
