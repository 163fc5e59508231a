def rank_of(logits, ids):
    mine = torch.gather(logits, -1, ids.unsqueeze(-1))
    return torch.sum(logits > mine, dim=-1)
