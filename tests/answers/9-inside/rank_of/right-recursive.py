def rank_of(logits, ids):
    if logits.dim() == 1:
        return (logits > logits[ids]).sum()
    return torch.stack([rank_of(row, one) for row, one in zip(logits, ids, strict=True)])
