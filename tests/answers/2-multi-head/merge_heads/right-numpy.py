def merge_heads(x):
    a = np.moveaxis(x.detach().numpy(), -3, -2)
    return torch.tensor(a.reshape(a.shape[:-2] + (-1,)))
