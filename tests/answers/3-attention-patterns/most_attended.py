# --- right: index of max
def most_attended(weights, tokens):
    return [tokens[row.index(max(row))] for row in weights.tolist()]


# --- right: loop
def most_attended(weights, tokens):
    result = []
    for row in weights.tolist():
        best = 0
        for j, w in enumerate(row):
            if w > row[best]:
                best = j
        result.append(tokens[best])
    return result


# --- right: map
def most_attended(weights, tokens):
    lookup = dict(enumerate(tokens))
    return list(map(lookup.get, weights.argmax(-1).tolist()))


# --- right: max indices
def most_attended(weights, tokens):
    _, indices = torch.max(weights, dim=-1)
    return [tokens[i.item()] for i in indices]


# --- right: max key
def most_attended(weights, tokens):
    return [tokens[max(range(len(row)), key=row.__getitem__)] for row in weights.tolist()]


# --- right: numpy
def most_attended(weights, tokens):
    return list(np.array(tokens)[weights.detach().numpy().argmax(axis=-1)])


# --- right: stable sort
def most_attended(weights, tokens):
    order = torch.sort(weights, dim=-1, descending=True, stable=True).indices
    return [tokens[i] for i in order[:, 0].tolist()]


# --- right: tuple
def most_attended(weights, tokens):
    return tuple(tokens[i] for i in weights.argmax(dim=1).tolist())


# --- wrong: dict
# names: dict
def most_attended(weights, tokens):
    return {t: tokens[i] for t, i in zip(tokens, weights.argmax(-1).tolist())}


# --- wrong: every largest
# names: more tokens than queries
def most_attended(weights, tokens):
    best = []
    for row in weights:
        for key in range(len(row)):
            if row[key] == max(row):
                best.append(tokens[key])
    return best


# --- wrong: float index
# names: no index
def most_attended(weights, tokens):
    answer = []
    for row in weights.detach().numpy():
        best = np.flatnonzero(row == row.max())[0].astype(float)
        answer.append(tokens[best])
    return answer


# --- wrong: index tensor
# names: indices
def most_attended(weights, tokens):
    return weights.argmax(-1)


# --- wrong: not itself
# names: own token
def most_attended(weights, tokens):
    w = weights.clone()
    w.fill_diagonal_(-1)
    return [tokens[i] for i in w.argmax(-1).tolist()]


# --- wrong: pairs
# names: pairs
def most_attended(weights, tokens):
    return [(t, tokens[i]) for t, i in zip(tokens, weights.argmax(-1).tolist())]


# --- wrong: stripped
# names: the strings are changed
def most_attended(weights, tokens):
    return [tokens[key].strip() for key in weights.argmax(-1)]


# --- wrong: the weights themselves
# names: not how large
def most_attended(weights, tokens):
    return [tokens[i] for i in weights.max(dim=-1).values]
