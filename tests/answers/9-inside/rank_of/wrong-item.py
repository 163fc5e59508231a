# names: plain number comes back
def rank_of(logits, ids):
    ranks = (logits > logits.gather(-1, ids[..., None])).sum(-1)
    return int(ranks) if ranks.dim() == 0 else ranks
