def rank_of(logits, ids):
    mine = torch.take_along_dim(logits, ids[..., None], dim=-1)
    return (mine < logits).long().sum(-1)
