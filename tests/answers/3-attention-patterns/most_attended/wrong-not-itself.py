# names: own token
def most_attended(weights, tokens):
    w = weights.clone()
    w.fill_diagonal_(-1)
    return [tokens[i] for i in w.argmax(-1).tolist()]
