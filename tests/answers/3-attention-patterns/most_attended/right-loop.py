def most_attended(weights, tokens):
    result = []
    for row in weights.tolist():
        best = 0
        for j, w in enumerate(row):
            if w > row[best]:
                best = j
        result.append(tokens[best])
    return result
