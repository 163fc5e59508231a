# names: NaN is replaced
def softmax(x, dim=-1):
    e = torch.exp(x)
    return torch.nan_to_num(e / e.sum(dim, keepdim=True), nan=0.0)
