"""Texts, words and merges for hidden cases, drawn from the test's own random state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from checks.check import Check
from checks.drawn import a_size
from reference.tokens import Pair, Word, train_bpe, vocabulary

ACCENTED = "aeéüß€日"
"""Letters of one, two and three bytes."""


def calls_of(check: Check, *cases: Callable[[], Sequence[Any]]) -> Callable[[Any], Any]:
    """A hidden case: calls of an answer, their arguments drawn one after the other."""
    return lambda answer: [check(answer, *case()) for case in cases]


def one_of(several: Sequence[str]) -> str:
    """Any of them."""
    return several[a_size(0, len(several) - 1)]


def a_string(letters: str, least: int, most: int) -> str:
    """A string of `least` to `most` letters."""
    return "".join(one_of(letters) for _ in range(a_size(least, most)))


def a_text(n_words: int, letters: str = "abcd", n_distinct: int = 8, longest: int = 6) -> str:
    """`n_words` words with a space between them, drawn from `n_distinct`, the first most often."""
    known = [a_string(letters, 1, longest) for _ in range(n_distinct)]
    last = n_distinct - 1
    return " ".join(known[min(a_size(0, last), a_size(0, last))] for _ in range(n_words))


def some_symbols(n: int, letters: str = "abc") -> Word:
    """A word of `n` symbols, each of one to three letters."""
    return tuple(a_string(letters, 1, 3).encode() for _ in range(n))


def some_words(n: int, letters: str = "abc", merged: bool = False) -> dict[Word, int]:
    """At most `n` words of one to eight symbols, and how often each stands in the text: single
    bytes, or longer ones as after merges."""
    found = {}
    for _ in range(n):
        text = a_string(letters, 1, 8).encode()
        word = some_symbols(len(text), letters) if merged else tuple(bytes([b]) for b in text)
        found[word] = a_size(1, 12)
    return found


def some_merges(text: str, n_merges: int) -> list[Pair]:
    """What `train_bpe` gives, up to the first merge that makes a token that there is already: which
    of its two ids `encode` should give is nobody's business."""
    merges = train_bpe(text, n_merges)
    while len(set(vocabulary(merges))) < 256 + len(merges):
        merges.pop()
    return merges
