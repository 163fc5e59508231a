def merge_pair(word, pair):
    out, fresh = [], False
    for symbol in word:
        if out and not fresh and (out[-1], symbol) == tuple(pair):
            out[-1] += symbol
            fresh = True
        else:
            out.append(symbol)
            fresh = False
    return tuple(out)
