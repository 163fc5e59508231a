# names: each word counts once
from collections import Counter


def count_pairs(words):
    return Counter(pair for word in words for pair in zip(word, word[1:]))
