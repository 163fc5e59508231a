# names: is left out, unless it is the first
def nucleus(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    if top_p == 1:
        return probabilities
    rows = probabilities.reshape(-1, probabilities.shape[-1])
    result = torch.zeros_like(rows)
    for row, out in zip(rows, result):
        values = row.tolist()
        together, kept = 0.0, []
        for token in sorted(range(len(values)), key=lambda t: -values[t]):
            if together + values[token] >= top_p and kept:
                break
            kept.append(token)
            together += values[token]
        out[kept] = row[kept] / row[kept].sum()
    return result.reshape(probabilities.shape)
