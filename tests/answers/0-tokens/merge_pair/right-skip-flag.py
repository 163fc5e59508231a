def merge_pair(word, pair):
    result = ()
    skip = False
    parts = []
    for i, symbol in enumerate(word):
        if skip:
            skip = False
            continue
        if word[i : i + 2] == pair:
            parts.append(b"".join(pair))
            skip = True
        else:
            parts.append(symbol)
    result += tuple(parts)
    return result
