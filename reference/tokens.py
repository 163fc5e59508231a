"""Byte pair encoding: how a text becomes tokens, and how the tokens are learned from a text.

It starts from single bytes and merges, again and again, the pair of neighbours that stands there
most often (Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units",
section 3.2; on bytes as in GPT-2, Radford et al. 2019, section 2.2). Nothing is merged across
words.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

Word = tuple[bytes, ...]
"""The symbols of a word: single bytes at first, longer ones after merges."""
Pair = tuple[bytes, bytes]
"""Two symbols that stand next to each other."""


def split_words(text: str) -> list[str]:
    """The words of `text`, a leading space with its word; joined they are `text` again."""
    return re.findall(r" ?\w+| ?[^\w\s]+|\s+", text)


def count_words(text: str) -> dict[Word, int]:
    """Each word of `text`, as a tuple of its UTF-8 bytes, and how often it stands there."""
    counts = Counter(split_words(text))
    return {_symbols(word): count for word, count in counts.items()}


def count_pairs(words: Mapping[Word, int]) -> dict[Pair, int]:
    """How often each pair of neighbours stands in the text whose words are counted in `words`.

    Occurrences that overlap count: `aaa` has `(a, a)` twice.
    """
    counts: dict[Pair, int] = {}
    for word, count in words.items():
        for pair in pairwise(word):
            counts[pair] = counts.get(pair, 0) + count
    return counts


def merge_pair(word: Word, pair: Pair) -> Word:
    """`word` with each occurrence of `pair` joined to one symbol, from the left: `aaa` becomes
    `aa`, `a`."""
    merged = []
    i = 0
    while i < len(word):
        found = word[i : i + 2] == pair
        merged.append(word[i] + word[i + 1] if found else word[i])
        i += 2 if found else 1
    return tuple(merged)


def train_bpe(text: str, n_merges: int) -> list[Pair]:
    """The first `n_merges` merges on `text`, in their order; fewer where nothing is left to merge.

    Each is the most frequent pair at that time, among equals the smallest in Python's order. Only
    the words that hold it are counted again: 300 merges on 200,000 characters take a second or two.

    Raises `ValueError` for a negative `n_merges`.
    """
    if n_merges < 0:
        raise ValueError(f"n_merges is {n_merges}; it must be 0 or more: how many pairs to merge")
    words = count_words(text)
    counts = Counter(count_pairs(words))
    holders: defaultdict[Pair, set[Word]] = defaultdict(set)
    for word in words:
        _note(word, holders)
    merges: list[Pair] = []
    while counts and len(merges) < n_merges:
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        for word in holders.pop(best):
            if word in words:  # an earlier merge may have changed it
                count = words.pop(word)
                merged = merge_pair(word, best)
                words[merged] = count
                counts.subtract(count_pairs({word: count}))
                counts.update(count_pairs({merged: count}))
                _note(merged, holders)
        counts = +counts  # drops pairs that are gone
    return merges


def encode(text: str, merges: Sequence[Pair]) -> list[int]:
    """The ids of the tokens of `text`: `b` for the byte `b`, `256 + i` for what the `i`-th of
    `merges` makes. In each word the pairs are merged in the order of `merges`."""
    ids = {token: i for i, token in enumerate(vocabulary(merges))}
    words = split_words(text)
    tokens = {word: _merged(_symbols(word), merges) for word in set(words)}
    return [ids[token] for word in words for token in tokens[word]]


def decode(ids: Iterable[int], merges: Sequence[Pair]) -> str:
    """The text of `ids`; bytes that aren't UTF-8 become U+FFFD.

    Raises `ValueError` for an id that there isn't.
    """
    tokens = vocabulary(merges)
    found = []
    for i in ids:
        if not 0 <= i < len(tokens):
            raise ValueError(
                f"ids holds {i}; with {len(merges)} merges, 0 to {len(tokens) - 1} exist"
            )
        found.append(tokens[i])
    return b"".join(found).decode("utf-8", errors="replace")


def vocabulary(merges: Iterable[Pair]) -> list[bytes]:
    """The bytes that each id stands for: the 256 single ones, then what each of `merges` makes."""
    return [*_BYTES, *(left + right for left, right in merges)]


_BYTES = [bytes([b]) for b in range(256)]


def _symbols(word: str) -> Word:
    return tuple(_BYTES[b] for b in word.encode())


def _merged(word: Word, merges: Iterable[Pair]) -> Word:
    for pair in merges:
        if pair[0] in word and pair[1] in word:
            word = merge_pair(word, pair)
    return word


def _note(word: Word, holders: Mapping[Pair, set[Word]]) -> None:
    for pair in pairwise(word):
        holders[pair].add(word)
