# names: equals in front of the token count
def rank_of(logits, ids):
    order = logits.sort(dim=-1, descending=True, stable=True).indices
    return (order == ids[..., None]).int().argmax(dim=-1)
