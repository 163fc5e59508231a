def attention_entropy(weights):
    flat = weights.reshape(-1, weights.shape[-1])
    out = []
    for row in flat:
        total = 0.0
        for w in row.tolist():
            if w > 0:
                total -= w * math.log(w)
        out.append(total)
    return torch.tensor(out, dtype=weights.dtype).reshape(weights.shape[:-1])
