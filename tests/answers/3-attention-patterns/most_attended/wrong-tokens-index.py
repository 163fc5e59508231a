# names: repeated token
def most_attended(weights, tokens):
    out = []
    for t in tokens:
        i = tokens.index(t)
        out.append(tokens[int(weights[i].argmax())])
    return out
