def causal_mask(n):
    # A row of the identity, summed up from the right, is 1 up to its own position.
    return torch.eye(n).flip(-1).cumsum(-1).flip(-1).bool()
