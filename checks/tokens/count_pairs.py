"""How often each pair of neighbours stands there: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from checks.drawn import a_size
from checks.mistakes import Rewrite
from checks.seen import comes_back, raised
from checks.tokens.drawn_texts import ACCENTED, calls_of, some_symbols, some_words
from checks.tokens.exercise import EXERCISE
from reference import tokens
from reference.tokens import Pair, Word


def _count(words: Mapping[Word, int]) -> dict[Pair, int]:
    counts: dict[Any, int] = {}
    for word, n in words.items():
        last = len(word) - 1
        for i in range(last):
            pair = (word[i], word[i + 1])
            counts[pair] = counts.get(pair, 0) + n
    return counts


def _keys_are(is_so: Callable[[Any], bool]) -> Callable[..., bool]:
    """A dict that is not empty, each of its keys so."""
    return lambda got, *_, **__: (
        isinstance(got, Mapping) and len(got) > 0 and all(is_so(key) for key in got)
    )


def _pair_of(*kinds: type) -> Callable[[Any], bool]:
    return lambda key: (
        isinstance(key, tuple) and len(key) == 2 and all(isinstance(s, kinds) for s in key)
    )


def _all_counts(is_so: Callable[[int, int], bool]) -> Callable[..., bool]:
    return lambda got, right, *_: (
        set(got) == set(right) and len(got) > 0 and all(is_so(got[p], right[p]) for p in right)
    )


_SENTENCE = "The keys to the cabinet are on the table."
"""Which the notebook has at hand when the answer is written."""
_WANTED = "a dict from each pair of neighbours, the tuple (left, right) of two bytes objects, to "
check_count_pairs = EXERCISE.check(
    "count_pairs",
    reference=tokens.count_pairs,
    text=[_count],
    expects=_WANTED + "how often it occurs in the text, each word counted as often as it occurs",
    wrong={
        "a word counts as often as it occurs in the text: add words[word] for each pair": {
            ("+ n -> + 1", "counts[pair] = counts.get(pair, 0) + n // n"): "each word counts once",
            "counts[pair] = n": "a later word's count replaces that of an earlier one",
            "counts[pair] = 1": "each pair that occurs gets a 1",
            "counts[pair] = max(counts.get(pair, 0), n)": "the largest count of a word is kept",
            "counts[pair] = counts.get(pair, 1) + n": "the count starts at 1 rather than 0",
            "counts[pair] = counts.get(pair, n)": "what comes after the first is not added",
            "counts[pair] = counts.get(pair, -n) + n": "the first occurrence is not counted",
            "counts[pair] = counts.get(pair, 1 - n) + n": "the first place of a pair counts as 1",
            "counts[pair] = counts.get(pair, n - 1) + 1": "all but a pair's first place count as 1",
            "counts[pair] = counts.get(pair, 0) + n * [*zip(word, word[1:])].count(pair)": "all "
            "places of a pair in a word are counted at each of them",
            "counts[pair] = counts.get(pair, 0) + len(word)": "the word's length is added",
            "counts[pair] = (counts.get(pair, 0) + 1) * n": "the whole sum so far is multiplied by "
            "the word's count",
        },
        "each place in the word counts, also where a pair overlaps the one before it": {
            (
                "for i in [word.index(s) for s in word if word.index(s) < last]:",
                "for i in map(word.index, word[:-1]):",
            ): "word.index finds a symbol's first place, also where it comes again",
            "for i in sorted({word[k:k + 2]: k for k in range(last)}.values()):; counts[pair] = "
            "counts.get(pair, 0) + n * (len(word) - len(tokens.merge_pair(word, pair)))": ""
            "occurrences that overlap are not counted, of which a, a, a has two",
            "for i in sorted({word[k:k + 2]: k for k in range(last)}.values()):": "a pair counts "
            "once in each word, however often the word has it",
            "for i in range(0, last, 2):": "only every second place is looked at",
            "counts[pair] = -> if word[i] != word[i + 1]: counts[pair] =": "equal ones don't count",
        },
        "a word of k symbols has k - 1 pairs, from its first symbol to its last": {
            "last = len(word) - 2": "the last pair of each word is left out",
            "for i in range(1, last):": "the first pair of each word is left out",
            "for i in range(-1, last):": "the last symbol and the first are paired, too",
            "last = len(word); pair = (word[i], b''.join(word[i + 1:i + 2]))": "the last symbol "
            "is paired with nothing",
            "for i in range(max(last - 1, 0), last):": "only the last pair of each word is counted",
            "for i in range(min(last, 1)):": "only the first pair of each word is counted",
            "last = (len(word) - 1) * (n > 1)": "words that occur once are left out",
            "last = (len(word) - 1) * (len(word) > 2)": "words of two symbols are left out",
            "for word, n in [*words.items()][:1]:": "only the first word counts (return in a loop)",
            "for word, n in list(words.items())[:1]:; for i in range(min(last, 1)):": "only the "
            "first pair of all is counted (a return inside the loops)",
            "for word, n in list(words.items())[-1:]:": "only the last word is counted",
            "word = tuple(bytes([b]) for b in b''.join(word)); last = len(word) - 1": "merged "
            "symbols are taken apart again into single bytes",
            "for i in range(last - 1):; pair = (word[i], word[i + 2])": "two apart are paired",
            "for i in range(last): -> for i, j in [(i, j) for j in range(last + 1) for i in "
            "range(j)]:; pair = (word[i], word[j])": "symbols that are no neighbours are paired",
            "for word, n in [(sum(words, ()), 1)]:": "the words are strung together, each once",
            "for word, n in [(sum((w * k for w, k in words.items()), ()), 1)]:": "the words are "
            "strung together, so that the last symbol of one is paired with the first of the next",
        },
        "the key is the tuple (left, right)": {
            "pair = word[i] + word[i + 1]": "the two symbols are joined in the key",
            "pair = (word[i + 1], word[i])": "left and right are swapped",
            "pair = tuple(sorted((word[i], word[i + 1])))": "the order of the two is ignored",
            "pair = frozenset((word[i], word[i + 1]))": "a set of the two is the key",
            "pair = word[i]": "single symbols are counted, not pairs",
            "last = len(word); pair = word[i]": "single symbols are counted, not pairs",
        },
        "every pair, with its count": {
            "return {p: c for p, c in counts.items() if c > min(words.values())}": "rare ones go",
            "return {p: c for p, c in counts.items() if c == max(counts.values())}": "only the "
            "most frequent pair comes back",
            "return {p: c / sum(counts.values()) for p, c in counts.items()}": "shares come back",
        },
        "": {
            "return {p: float(c) for p, c in counts.items()}": "the counts are floats: add up ints",
        },
    },
    mistakes=[
        Rewrite(
            "the pairs are those of our sentence: count those of words, which the function gets",
            lambda words: tokens.count_pairs(tokens.count_words(_SENTENCE)),
        ),
    ],
    seen={
        "pairs come back without how often they occur: give a dict from each pair to its "
        "count": comes_back(set, frozenset),
        "a list, a number or a text comes back: give a dict from each pair to its "
        "count": comes_back(list, tuple, int, float, str, bytes),
        "a list is used as a key: use (left, right)": raised("TypeError", says="unhashable"),
        "the keys are pairs of numbers: a symbol is a bytes object of any length, so keep it as it "
        "stands in the word, and don't take it apart": _keys_are(_pair_of(int)),
        "the keys are pairs of texts: leave each symbol its bytes": _keys_are(_pair_of(str)),
        "the keys are no pairs of bytes": _keys_are(lambda key: not _pair_of(bytes)(key)),
        "there is no pair after the last symbol, or in a word of one: stop one symbol before the "
        "end": raised("IndexError"),
        "a pair is added to before it has an entry: start each at 0, as counts.get(pair, 0) "
        "does": raised("KeyError"),
        "take the values, too, from words.items()": raised("ValueError", says="unpack"),
        "the counts are all too small: each place of each word counts, as often as the word occurs "
        "in the text": _all_counts(lambda n, right: n < right),
        "the counts are all too large: each place of a word counts once for each time that the "
        "word occurs in the text": _all_counts(lambda n, right: n > right),
        "pairs are left out: each counts": lambda got, right, *_: set(got) < set(right),
        "there are pairs that occur in none of the words it was given: only neighbours within one "
        "of these count (and a dict in the def line keeps what earlier calls left "
        "there)": lambda got, right, *_: not set(got) <= set(right),
        "the pairs are right, and some counts are not: for each place of a word add its count to "
        "what the pair has": lambda got, right, *_: set(got) == set(right),
    },
)
"""`check_count_pairs(count_pairs, words)`."""

calls = partial(calls_of, check_count_pairs)
EXERCISE.cases["count_pairs"] = {
    "each pair of neighbours, as often as its word occurs": calls(
        lambda: [some_words(6, "abcdefgh")], lambda: [some_words(30)]
    ),
    "occurrences that overlap": calls(
        lambda: [{tuple([b"e"] * a_size(3, 9)): a_size(2, 9)}], lambda: [some_words(12, "ab")]
    ),
    "longer bytes, as after merges": calls(
        lambda: [some_words(9, "ab", merged=True)], lambda: [some_words(30, merged=True)]
    ),
    "bytes of any value": calls(lambda: [some_words(12, ACCENTED)], lambda: [some_words(9, "é€")]),
    "empty where no word has two symbols": calls(
        lambda: [{}], lambda: [{(b"a",): a_size(2, 9), (b" of",): a_size(2, 9)}]
    ),
    "long words": calls(lambda: [{some_symbols(a_size(2000, 3000), "ab"): a_size(2, 9)}]),
}
