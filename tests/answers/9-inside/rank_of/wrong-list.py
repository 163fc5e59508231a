# names: list or an array comes back
def rank_of(logits, ids):
    return (logits > logits.gather(-1, ids[..., None])).sum(-1).tolist()
