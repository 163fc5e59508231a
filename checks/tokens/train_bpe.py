"""Which pairs are merged: what often goes wrong, and hidden cases."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from checks.compare import Raised
from checks.drawn import a_size
from checks.seen import KEPT, any_item, comes_back, raised
from checks.tokens.drawn_texts import ACCENTED, a_text, calls_of
from checks.tokens.exercise import EXERCISE
from checks.tokens.merge_pair import merged_wrongly
from reference import tokens
from reference.tokens import Pair, Word, count_pairs, merge_pair, split_words


def _words(text: str) -> dict[Word, int]:
    words: dict[Word, int] = {}
    for word in split_words(text):
        symbols = tuple(bytes([b]) for b in word.encode())
        words[symbols] = words.get(symbols, 0) + 1
    return words


def _refuse(n_merges: int) -> None:
    if n_merges < 0:
        raise ValueError(f"n_merges is {n_merges}")


def _train(text: str, n_merges: int) -> list[Pair]:
    _refuse(n_merges)
    now = _words(text)
    merges: list[Pair] = []
    for _ in range(n_merges):
        counts = count_pairs(now)
        if not counts:
            break
        best = min(counts, key=lambda p: (-counts[p], p))
        merges.append(best)
        now = {merge_pair(word, best): n for word, n in now.items()}
    return merges


def _in_time(limit: float, tries: int) -> Callable[[Any, str, int], Any]:
    """What an answer gives in `limit` seconds, of which something else may have taken some, so
    that it has several tries; or how long it took."""

    def timed(answer: Any, text: str, n_merges: int) -> Any:
        for _ in range(tries):
            begin = time.monotonic()
            merges = answer(text, n_merges)
            if not limit < (seconds := time.monotonic() - begin) < 4 * limit:
                break
        return merges if seconds <= limit else f"merges after {seconds:.0f} seconds"

    return timed


def _first_is_right(got: Any, right: list[Pair], *_: Any) -> bool:
    return [tuple(pair) for pair in got[:1]] == right[:1] != []


def _begins(several: Any, some: Any) -> bool:
    return list(map(tuple, several[: len(some)])) == list(map(tuple, some))


def _none_left(got: Any, *_: Any) -> bool:
    ended = isinstance(got, Raised) and {"IndexError", "StopIteration"} & {*got.kinds}
    return bool(ended) or (isinstance(got, Raised) and "empty" in got.message)


def _refused_too_much(got: Any, *_: Any) -> bool:
    """A ValueError in words that Python itself doesn't use."""
    its_own = ("unpack", "literal", "not in list", "empty", "range(")
    return raised("ValueError")(got) and not any(words in got.message for words in its_own)


def _one_pair(got: Any, right: list[Pair], *_: Any) -> bool:
    return len(got) > 1 and len(set(map(tuple, got))) == 1


def _only_a_tie(got: Any, right: list[Pair], text: str, n_merges: int) -> bool:
    """Where a merge is another one for the first time, it is as frequent as the right one."""
    now = _words(text)
    for other, best in zip(map(tuple, got), right, strict=False):
        counts: dict[Any, int] = count_pairs(now)
        if other != best:
            return counts.get(other) == counts[best]
        now = {merge_pair(word, best): n for word, n in now.items()}
    return False


_TIES = (
    "among equally frequent pairs the smallest one in Python's order comes first, as min gives it"
)
_AGAIN = "after each merge, count the pairs of the merged words anew"
_RIGHT = (
    "a list of at most n_merges pairs (left, right) of bytes, in the order in which they were "
    "merged"
)
check_train_bpe = EXERCISE.check(
    "train_bpe",
    reference=tokens.train_bpe,
    text=[_words, _train],
    expects=_RIGHT + ": each time the most frequent pair, among equals the smallest",
    wrong={
        _TIES: {
            (
                "best = max(counts, key=counts.get)",
                "best = sorted(counts, key=counts.get, reverse=True)[0]",
            ): "of equally frequent pairs the one is taken that was counted first",
            "best = max(counts, key=lambda p: (counts[p], p))": "of equally frequent pairs the "
            "largest is taken",
            "best = max(reversed(counts), key=counts.get)": "of equally frequent pairs the one is "
            "taken that was counted last",
            "-counts[p], p -> -counts[p], p[0] + p[1]": "the joined bytes of several are compared",
            "-counts[p], p -> -counts[p], p[0]": "only the left symbols of several are compared",
            "-counts[p], p -> -counts[p], p[1], p[0]": "the right symbols of several come first",
            "-counts[p], p -> -counts[p], len(p[0] + p[1]), p": "of several the shortest is taken",
            "-counts[p], p -> -counts[p], -len(p[0] + p[1]), p": "of several the longest is taken",
        },
        "each time the most frequent pair is merged": {
            "-counts[p], p -> counts[p], p": "the rarest pair is taken",
            "-counts[p], p -> -counts[p] * len(p[0] + p[1]), p": "counts are multiplied by lengths",
            "best = max(counts)": "the largest pair is taken, whatever its count",
            "best = min(counts)": "the smallest pair is taken, whatever its count",
        },
        "a pair counts as often as it occurs in the text": {
            "words[symbols] = 1": "each different word counts once",
            "counts = count_pairs(dict.fromkeys(now, 1))": "each different word counts once",
            "merge_pair(word, best): n -> merge_pair(word, best): 1": "merged words count once",
        },
        _AGAIN: {
            "counts = {p: c for p, c in count_pairs(_words(text)).items() if p not in merges}": ""
            "the pairs are counted once, at the start",
            "counts = {p: c for p, c in (counts if merges else {}).items() if p not in merges "
            "and c == max(counts.values())} or count_pairs(now)": "all of a count are made at once",
            "in now.items()} -> in now.items()} | now": "the words stay beside the merged ones",
            "in now.items()} -> in now.items()} | (now if merges[1:] else {})": "older words stay",
            "in now.items()} -> in list(now.items())[-1:]}": "only the last word is kept",
            "in now.items()} -> in list(now.items())[:1]}": "only the first word is kept",
            "in now.items()} -> in _words(text).items()}": "each merge begins from the bytes again",
            "for word, n in now.items()} -> for word, n in now.items() if best in zip(word, "
            "word[1:])}": "words without the pair are lost",
        },
        "a pair lies within a word, and words are those of split_words, spaces included": {
            "for word in [text]:": "pairs are counted and merged across words, too",
            "for word in text.split():": "spaces are left out (split)",
            "for word in split_words(text.lower()):": "the text is lower-cased",
            "for word in [' ' + word for word in text.split()]:": "each word gets a space in front",
            "for word in map(str.strip, split_words(text)):": "words are stripped of their spaces",
        },
        "begin with single bytes of UTF-8": {
            "symbols = tuple(c.encode() for c in word)": "characters are taken for the first "
            "symbols, of which some have several bytes",
        },
        "merge n_merges times, as long as there is a pair": {
            "if not counts: -> if {*counts.values()} <= {1}:": "it stops once all counts are 1",
            "if not counts: -> if not counts or 1 in map(len, now):": "it stops at a word",
            "if not counts: -> if len(counts) < 2:": "it stops before the last pair",
            "for _ in range(n_merges + 1):": "there is one merge too many",
            "for _ in range(n_merges - 1):": "there is one merge too few",
            "for _ in range(n_merges - 256):": "256 of n_merges are taken for the bytes",
            "for _ in range(min(n_merges, 1)):": "only one merge is made (a return in the loop)",
            "return merges + [merges[-1]] * (n_merges - len(merges)) if merges else merges": "the "
            "list is filled up to n_merges, where nothing is left to merge",
        },
        "give the list of pairs, in their order": {
            "return [left + right for left, right in merges]": "the joined tokens come back",
            "return merges[::-1]": "the order is reversed",
            "return sorted(merges)": "the pairs are sorted",
            "return (merges, now)": "more than the merges comes back",
            "merges.append(best) -> merges.append((best, counts[best]))": "counts come back, too",
            "return [(left.decode('utf-8', 'replace'), right.decode('utf-8', 'replace')) for "
            "left, right in merges]": "the pairs are texts: leave the bytes",
        },
    },
    mistakes=merged_wrongly([_words, _train], ("as it was", "looked", "once more", "comes")),
    seen={
        **KEPT,
        "there is no pair left, and yet the most frequent one is asked for: stop the loop when the "
        "counts are empty": _none_left,
        "an error is raised where none is asked for: where no pair is left, stop and return the "
        "merges so far, and 0 merges are right, too": _refused_too_much,
        "it never ends: does a while loop go on for ever?": raised("TimeoutError"),
        "a dict, set or text comes back: give pairs": comes_back(dict, set, frozenset, str, bytes),
        "a dict is changed while a loop goes through it: make a new one with the merged "
        "words": raised("RuntimeError", says="changed"),
        "a list is used as a word, which a dict can't have as a key: make tuples of "
        "symbols": raised("TypeError", says="unhashable"),
        "None is among the pairs: stop when none is left": any_item(lambda item: item is None),
        "the joined tokens, numbers or texts come back: give the pairs (left, right)": any_item(
            lambda item: not isinstance(item, list | tuple) or len(item) != 2
        ),
        "the pairs are not of bytes: leave each symbol the bytes object that it is": any_item(
            lambda item: not all(isinstance(s, bytes | bytearray) for s in item)
        ),
        "there are more than n_merges pairs": lambda got, right, text, n: len(got) > n,
        "too few merges: go on while there is a pair": lambda got, right, *_: _begins(right, got),
        "there are merges of nothing at the end": lambda got, right, *_: _begins(got, right),
        f"of equally frequent pairs another one is taken: {_TIES}": _only_a_tie,
        f"the same pair comes again and again: merge it in the words, and {_AGAIN}": _one_pair,
        "the first merge is right, a later one isn't: merge the pair in each word, keep the word's "
        f"count, and {_AGAIN}": _first_is_right,
        "the first merge is wrong: take the most frequent pair": lambda got, *_: len(got) > 0,
        "no merge comes back": lambda got, *_: len(got) == 0,
    },
    unrefused={
        "a negative n_merges gives no merges, as 0 does: raise ValueError instead, with a message "
        "that says which argument is wrong": lambda got, *_: got == [],
    },
)
"""`check_train_bpe(train_bpe, text, n_merges)`."""

_SLOW = (
    "it takes too long: 300 merges on 200,000 characters are to take less than a minute. Keep "
    "each different word once, with its count, as count_words has them, and go through the words "
    "once a merge, not once for each pair (count_pairs and merge_pair count, too)"
)
_at_once, _in_a_moment, _in_an_eighth = (
    EXERCISE.check(
        "train_bpe",
        reference=tokens.train_bpe,
        expects=_RIGHT,
        seen={_SLOW: comes_back(str)},
        procedure=_in_time(*limit),
    )
    for limit in ((1.5, 3), (5.0, 2), (15.0, 1))
)
"""A three hundredth, a fortieth and an eighth of that, in at least twice the time."""


def _refuses(f: Any) -> None:
    n = -a_size(1, 9)
    why = "a number of merges can't be negative"
    check_train_bpe.raises(f, ValueError, a_text(9), n, says=("n_merges", str(n)), why=why)


def _long_text(n_words: int) -> str:
    return a_text(n_words, "etaoinshrdlu", n_distinct=600, longest=9)


calls = partial(calls_of, check_train_bpe)
EXERCISE.cases["train_bpe"] = {
    "pairs in the order of merging": calls(*[lambda: (a_text(40), a_size(5, 12))] * 4),
    "among equals the smallest": calls(
        *[lambda: (a_text(8, "abcdef", 8), a_size(5, 12))] * 6,
        *[lambda: (a_text(6, "ab", 6, 9), 6)] * 3,
    ),
    "a text in which words and pairs repeat": calls(
        *[lambda: (a_text(a_size(40, 90), "aabc", 12), 15)] * 3,
        lambda: (f"\n\n\n{a_text(9, 'AaBb')}, {a_text(9, 'ab.')}   ", 99),
    ),
    "bytes, not characters": calls(*[lambda: (a_text(40, ACCENTED), 12)] * 2),
    "fewer where nothing is left to merge": calls(
        lambda: (a_text(3, "abc"), 500),
        lambda: (a_text(4, "é€"), 99),
        lambda: ("", a_size(1, 5)),
        lambda: (" ".join("abc"), 5),
        lambda: ("a.b.c", a_size(1, 5)),
    ),
    "no merge at all": calls(lambda: (a_text(9), 0), lambda: ("", 0)),
    "ValueError for a negative n_merges": _refuses,
    "less than a minute for 300 merges on 200,000 characters": lambda f: [
        _at_once(f, _long_text(720), 45),
        _in_a_moment(f, _long_text(3_600), 75),
        _in_an_eighth(f, _long_text(18_000), 75),
    ],
}
