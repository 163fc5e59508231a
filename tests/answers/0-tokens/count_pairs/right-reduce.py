from collections import Counter
from functools import reduce


def count_pairs(words):
    def one(counts, item):
        word, n = item
        for pair, k in Counter(zip(word, word[1:])).items():
            counts[pair] = counts.get(pair, 0) + k * n
        return counts

    return reduce(one, words.items(), {})
