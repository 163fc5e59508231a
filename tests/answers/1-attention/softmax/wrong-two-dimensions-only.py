# names: any number of dimensions
def softmax(x, dim=-1):
    n_rows, n_columns = x.shape
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)
