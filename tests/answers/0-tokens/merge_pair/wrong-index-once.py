# names: only the first occurrence
def merge_pair(word, pair):
    pairs = list(zip(word, word[1:]))
    if pair not in pairs:
        return word
    i = pairs.index(pair)
    return word[:i] + (pair[0] + pair[1],) + word[i + 2 :]
