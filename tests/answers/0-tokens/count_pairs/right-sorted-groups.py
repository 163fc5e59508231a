from itertools import groupby


def count_pairs(words):
    found = sorted((word[i : i + 2], n) for word, n in words.items() for i in range(len(word) - 1))
    return {pair: sum(n for _, n in group) for pair, group in groupby(found, key=lambda f: f[0])}
