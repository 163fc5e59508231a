# names: no index
def most_attended(weights, tokens):
    answer = []
    for row in weights.detach().numpy():
        best = np.flatnonzero(row == row.max())[0].astype(float)
        answer.append(tokens[best])
    return answer
