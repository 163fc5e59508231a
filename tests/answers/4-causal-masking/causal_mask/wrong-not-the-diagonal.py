# names: diagonal is masked
def causal_mask(n):
    return ~torch.eye(n).bool()
