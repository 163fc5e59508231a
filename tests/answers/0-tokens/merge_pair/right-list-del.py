def merge_pair(word, pair):
    symbols = list(word)
    i = 0
    while i < len(symbols) - 1:
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
        i += 1
    return tuple(symbols)
