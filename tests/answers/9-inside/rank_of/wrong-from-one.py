# names: the ranks start at 1
def rank_of(logits, ids):
    ranks = torch.zeros_like(ids)
    rows, places = logits.reshape(-1, logits.shape[-1]), ids.reshape(-1)
    flat = [(row > row[place]).sum() + 1 for row, place in zip(rows, places, strict=True)]
    return torch.stack(flat).reshape(ranks.shape)
