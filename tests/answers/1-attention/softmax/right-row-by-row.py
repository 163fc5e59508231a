def softmax_of_row(row):
    biggest = max(row)
    e = [math.exp(value - biggest) for value in row]
    return [value / sum(e) for value in e]


def softmax(x, dim=-1):
    last = x.transpose(dim, -1)
    rows = last.reshape(-1, last.shape[-1]).tolist()
    result = torch.tensor([softmax_of_row(row) for row in rows], dtype=x.dtype)
    return result.reshape(last.shape).transpose(dim, -1)
