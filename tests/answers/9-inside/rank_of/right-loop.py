def rank_of(logits, ids):
    rows = logits.reshape(-1, logits.shape[-1])
    ranks = []
    for row, token in zip(rows, ids.reshape(-1).tolist(), strict=True):
        ranks.append(sum(1 for logit in row.tolist() if logit > row[token].item()))
    return torch.tensor(ranks, dtype=torch.int64).reshape(ids.shape)
