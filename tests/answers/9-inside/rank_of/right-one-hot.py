def rank_of(logits, ids):
    chosen = F.one_hot(ids, logits.shape[-1]).bool()
    mine = logits.masked_fill(~chosen, -math.inf).amax(-1, keepdim=True)
    return torch.count_nonzero(logits > mine, dim=-1)
