def causal_mask(n):
    rows, columns = torch.tril_indices(n, n)
    mask = torch.full((n, n), False)
    mask[rows, columns] = True
    return mask
