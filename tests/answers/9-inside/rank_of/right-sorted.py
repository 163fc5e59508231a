def rank_of(logits, ids):
    ascending = logits.sort(dim=-1).values.contiguous()
    mine = logits.gather(-1, ids[..., None])
    not_larger = torch.searchsorted(ascending, mine, right=True)[..., 0]
    return logits.shape[-1] - not_larger
