# --- right: comprehension
def count_pairs(words):
    places = [(w[i], w[i + 1], n) for w, n in words.items() for i in range(len(w) - 1)]
    pairs = {(left, right) for left, right, _ in places}
    if len(places) > 1000:
        totals = dict.fromkeys(pairs, 0)
        for left, right, n in places:
            totals[left, right] += n
        return totals
    return {p: sum(n for left, right, n in places if (left, right) == p) for p in pairs}


# --- right: counter
from collections import Counter


def count_pairs(words):
    counts = Counter()
    for word, n in words.items():
        for pair in zip(word, word[1:]):
            counts[pair] += n
    return counts


# --- right: defaultdict
from collections import defaultdict


def count_pairs(words):
    counts = defaultdict(int)
    for word in words:
        for i in range(1, len(word)):
            counts[word[i - 1], word[i]] += words[word]
    return counts


# --- right: pairwise
import itertools


def count_pairs(words):
    result = {}
    for word, n in words.items():
        for left, right in itertools.pairwise(word):
            if (left, right) in result:
                result[(left, right)] += n
            else:
                result[(left, right)] = n
    return result


# --- right: previous
class Tally:
    def __init__(self):
        self.counts = {}

    def add(self, pair, n):
        self.counts.setdefault(pair, 0)
        self.counts[pair] += n


def count_pairs(words):
    tally = Tally()
    for word, n in words.items():
        previous = None
        for symbol in word:
            if previous is not None:
                tally.add((previous, symbol), n)
            previous = symbol
    return tally.counts


# --- right: reduce
from collections import Counter
from functools import reduce


def count_pairs(words):
    def one(counts, item):
        word, n = item
        for pair, k in Counter(zip(word, word[1:])).items():
            counts[pair] = counts.get(pair, 0) + k * n
        return counts

    return reduce(one, words.items(), {})


# --- right: sorted groups
from itertools import groupby


def count_pairs(words):
    found = sorted((word[i : i + 2], n) for word, n in words.items() for i in range(len(word) - 1))
    return {pair: sum(n for _, n in group) for pair, group in groupby(found, key=lambda f: f[0])}


# --- wrong: counter of lists
# names: each word counts once
from collections import Counter


def count_pairs(words):
    return Counter(pair for word in words for pair in zip(word, word[1:]))


# --- wrong: index error
# names: no pair after the last symbol
def count_pairs(words):
    counts = {}
    for word, n in words.items():
        for i in range(len(word)):
            pair = word[i], word[i + 1]
            counts[pair] = counts.get(pair, 0) + n
    return counts


# --- wrong: int keys
# names: pairs of numbers
def count_pairs(words):
    counts = {}
    for word, n in words.items():
        data = b"".join(word)
        for pair in zip(data, data[1:]):
            counts[pair] = counts.get(pair, 0) + n
    return counts


# --- wrong: list keys
# names: list is used as a key
def count_pairs(words):
    counts = {}
    for word, n in words.items():
        for i in range(len(word) - 1):
            pair = [word[i], word[i + 1]]
            counts[pair] = counts.get(pair, 0) + n
    return counts


# --- wrong: most common
# names: a list, a number
from collections import Counter


def count_pairs(words):
    counts = Counter()
    for word, n in words.items():
        for pair in zip(word, word[1:]):
            counts[pair] += n
    return counts.most_common()


# --- wrong: no entry yet
# names: before it has an entry
def count_pairs(words):
    counts = {}
    for word, n in words.items():
        for pair in zip(word, word[1:]):
            counts[pair] += n
    return counts


# --- wrong: overlaps skipped
# names: overlap
def count_pairs(words):
    counts = {}
    for word, n in words.items():
        seen = {}
        for i in range(len(word) - 1):
            pair = word[i], word[i + 1]
            if seen.get(pair) == i - 1:
                continue
            seen[pair] = i
            counts[pair] = counts.get(pair, 0) + n
    return counts


# --- wrong: str keys
# names: pairs of texts
def count_pairs(words):
    counts = {}
    for word, n in words.items():
        letters = [symbol.decode("utf-8", "replace") for symbol in word]
        for pair in zip(letters, letters[1:]):
            counts[pair] = counts.get(pair, 0) + n
    return counts
