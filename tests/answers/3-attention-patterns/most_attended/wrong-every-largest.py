# names: more tokens than queries
def most_attended(weights, tokens):
    best = []
    for row in weights:
        for key in range(len(row)):
            if row[key] == max(row):
                best.append(tokens[key])
    return best
