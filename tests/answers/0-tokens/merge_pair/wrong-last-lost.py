# names: last symbol
def merge_pair(word, pair):
    out, i = [], 0
    while i + 1 < len(word):
        if (word[i], word[i + 1]) == pair:
            out.append(b"".join(pair))
            i += 1
        else:
            out.append(word[i])
        i += 1
    return tuple(out)
