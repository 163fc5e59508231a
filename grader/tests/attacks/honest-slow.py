"""An honest answer that loops over every number in Python."""
# verdict: passed
def softmax(x, dim=-1):
    rows = x.movedim(dim, -1)
    flat = rows.reshape(-1, rows.shape[-1])
    result = torch.empty_like(flat)
    for i, row in enumerate(flat.tolist()):
        m = max(row)
        e = [math.exp(v - m) for v in row]
        for j, v in enumerate(e):
            result[i, j] = v / math.fsum(e)
    return result.reshape(rows.shape).movedim(-1, dim)
