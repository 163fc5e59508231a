def softmax(x, dim=-1):
    rows = x.movedim(dim, -1)
    top, _ = rows.max(dim=-1)
    e = (rows - top.unsqueeze(-1)).exp()
    return (e / e.sum(-1).unsqueeze(-1)).movedim(-1, dim)
