"""A pair joined to one symbol: what often goes wrong, and hidden cases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from checks.compare import Raised
from checks.drawn import a_size
from checks.mistakes import Rewrite, Text
from checks.seen import KEPT, any_item, comes_back, raised
from checks.tokens.drawn_texts import ACCENTED, calls_of, one_of, some_symbols
from checks.tokens.exercise import EXERCISE
from reference import tokens
from reference.tokens import Pair, Word


def _merge(word: Word, pair: Pair) -> Word:
    out: Any = []
    i = 0
    while i < len(word):
        found = word[i : i + 2] == pair
        joined = word[i] + word[i + 1] if found else word[i]
        out.append(joined)
        i += 2 if found else 1
    return tuple(out)


def _in_bytes(word: Word, pair: Pair) -> Word:
    """The word's bytes, with those of the pair wherever they stand."""
    both = re.escape(b"".join(pair))
    return tuple(re.findall(both + b"|.", b"".join(word), re.DOTALL))


def _far_apart(word: Word, pair: Pair) -> Word:
    """Each left symbol joined with the next right one, however far away that stands."""
    left_over = list(word)
    out = []
    while left_over:
        symbol = left_over.pop(0)
        if symbol == pair[0] and pair[1] in left_over:
            left_over.remove(pair[1])
            symbol += pair[1]
        out.append(symbol)
    return tuple(out)


_A_LIST = "the list "


def _as_a_key(answer: Any, word: Word, pair: Pair) -> Any:
    """What an answer gives; of a list, which can't be a key, what it looks like."""
    got = answer(word, pair)
    return f"{_A_LIST}{got}" if isinstance(got, list) else got


def _shorter(symbols: Sequence[bytes], others: Sequence[bytes]) -> bool:
    """Whether they are fewer bytes than the others."""
    return len(b"".join(symbols)) < len(b"".join(others))


_OVERLAP = (
    "go from the left, and after a pair move on by two, since no symbol is used twice (a, a, a "
    "gives aa, a)"
)
check_merge_pair = EXERCISE.check(
    "merge_pair",
    reference=tokens.merge_pair,
    text=[_merge],
    procedure=_as_a_key,
    expects="a tuple: the symbols of word in their order, with left + right as one symbol wherever "
    "left, right stood, from the left and without overlaps",
    wrong={
        _OVERLAP: {
            "i += 2 if found else 1 -> i += 1": "the right one of the pair comes once more",
            "return tuple(out) + word[-1:] * (word[-2:] == pair)": "the last one comes once more",
            "i += 2 if found else 1 -> i += 1; out.append(joined) -> out += [joined] + [word[i]] * "
            "found": "the left one of the pair comes once more",
            "found = i > 0 and word[i - 1:i + 1] == pair; joined = b''.join(pair) if found else "
            "word[i]; out.append(joined) -> out[len(out) - found:] = [joined]; i += 2 if found "
            "else 1 -> i += 1": "a symbol that is joined already is a left neighbour once more",
            "found = i > 0 and word[i - 1:i + 1] == pair; joined = out[-1] + word[i] if found else "
            "word[i]; out.append(joined) -> out[len(out) - found:] = [joined]; i += 2 if found "
            "else 1 -> i += 1": "a run of equal symbols becomes a single one",
            "word, pair = word[::-1], pair[::-1]; i = 0; joined = word[i + 1] + word[i] if found "
            "else word[i]; return tuple(out[::-1])": "pairs are joined from the right",
        },
        "all other symbols stay, to the last one": {
            "< len(word): -> < len(word) - 1:": "the last symbol is lost, except in a pair",
            "i = 0; return tuple(out[:-1])": "the last symbol is left out",
            "i += 2 if found else 1 -> i += len(word) if found else 1": "all that comes after the "
            "first pair is lost (a break, or a flag that stays set)",
            "return tuple(out[:1])": "only the first symbol comes back (a return in the loop)",
            "i += 2 if found else 1 -> i += 1 if found else 2": "the steps, 1 and 2, are swapped",
            "i += 2 -> i += 3": "the symbol after each pair is left out",
            "i += 2 if found else 1 -> i += 2": "every second symbol is left out",
            "out.append(joined) -> if not found: out.append(joined)": "the pair is left out",
            "out.append(joined) -> if found: out.append(joined)": "only what is joined comes back",
        },
        "each occurrence is joined, from the first symbol to the last": {
            "== pair -> == pair and len(out) == i": "only the first occurrence is joined",
            "found = word[i:i + 2] == pair and pair not in zip(word[i + 1:], word[i + 2:])": "only "
            "the last occurrence is joined",
            "found = word[i:i + 2] == pair and i + 2 < len(word)": "a pair at the end stays apart",
            "found = word[i:i + 2] == pair and i > 0": "a pair at the beginning stays apart",
            "found = i % 2 == 0 and word[i:i + 2] == pair": "only pairs at even places are joined",
            "return word": "the word comes back as it was",
            "found = word[i:i + 2] == pair and pair[0] != pair[1]": "two equal symbols stay apart",
        },
        "a pair is its two symbols, in their order": {
            "return tuple(b' '.join(word).replace(b' '.join(pair), b''.join(pair)).split(b' '))": ""
            "the word is put together with spaces and split again, so that pieces of longer "
            "symbols are replaced, or a space in it is lost",
            "return tuple(b''.join(word).split(b''.join(pair)))": "the word is split where the "
            "pair stands (bytes.split), which leaves the pair out",
            (
                "found = i + 1 < len(word) and word[i] == pair[0]",
                "found = word[i] == pair[0]; joined = b''.join(pair) if found else word[i]",
                "found = i + 1 < len(word) and word[i] == pair[0]; joined = b''.join(pair) if "
                "found else word[i]",
            ): "only the left symbol is compared",
            "found = i + 1 < len(word) and word[i + 1] == pair[1]": "only the right is compared",
            "found = i + 1 < len(word) and (word[i] == pair[0] or word[i + 1] == pair[1])": "one "
            "equal symbol is enough (or in place of and)",
            "found = word[i:i + 2] in (pair, pair[::-1])": "right, left is joined too",
            "found = word[i:i + 2] == pair[::-1]": "right, left is looked for",
            "found = i + 1 < len(word) and (word[i] in pair and word[i + 1] in pair)": "any two "
            "symbols of the pair are joined",
            "found = i + 1 < len(word) and b''.join(word[i:i + 2]) == b''.join(pair)": "the joined "
            "bytes are compared, which other symbols give too (a + bc as ab + c)",
        },
        "a joined pair is one bytes object, left + right": {
            "joined = b' '.join(pair) if found else word[i]": "there is a space between the two",
            "joined = pair if found else word[i]": "the pair stands there as a tuple",
            "joined = word[i + 1] + word[i] if found else word[i]": "the two are swapped",
            "joined = word[i] if found else word[i]": "the left symbol stands for both",
            "joined = word[i + 1] if found else word[i]": "the right symbol stands for both",
        },
        "give a tuple of symbols": {
            "return b''.join(out)": "all symbols are joined to one bytes object",
            "return tuple(reversed(out))": "the symbols come back in reverse order",
            "return tuple(dict.fromkeys(out))": "a symbol that stands there twice comes once",
        },
    },
    mistakes=[
        Rewrite(
            "the pair is looked for in the joined bytes, where it may begin or end within a "
            "symbol, and what earlier merges made falls apart: compare symbol by symbol",
            _in_bytes,
        ),
        Rewrite("left and right are joined also where others stand between them", _far_apart),
    ],
    seen={
        "it never ends: the index of a while loop has to grow in each round, so i += 1 belongs "
        "into the else, too": raised("TimeoutError"),
        **KEPT,
        "a list comes back (or a generator), which can't be a key of words: make a tuple of it, "
        "with tuple(…)": lambda got, *_: isinstance(got, str) and got.startswith(_A_LIST),
        "it calls itself too often for long words: use a loop": raised("RecursionError"),
        "the word is a tuple, which can't be changed: build a list, and make a tuple of it at the "
        "end": lambda got, *_: isinstance(got, Raised) and "'tuple' object" in got.message,
        "an index lies behind the last symbol: that one has no right neighbour, and a list that "
        "gets shorter ends earlier": raised("IndexError"),
        "numbers stand in it: tuple(…), list(…) and += take a bytes object apart into ints, so "
        "append the joined symbol as a whole": any_item(lambda s: isinstance(s, int)),
        "texts stand in it: leave the symbols bytes, without decode": any_item(
            lambda s: isinstance(s, str)
        ),
        "symbols are no longer bytes": any_item(lambda s: not isinstance(s, bytes | bytearray)),
        "a text, a set, a dict or bytes come back": comes_back(str, bytes, set, dict),
        "text and bytes are mixed: join bytes by + or b''.join": raised("TypeError", says="bytes"),
        "numbers and bytes are mixed: bytes that are iterated or indexed give ints, so take the "
        "symbols of word as they are": raised("TypeError", says="int"),
        "an empty symbol is in it, as bytes.split gives where nothing stands before or behind the "
        "pair: compare symbol by symbol": any_item(lambda symbol: symbol == b""),
        "symbols are lost: all others stay": lambda got, right, *_: _shorter(got, right),
        f"symbols come twice: {_OVERLAP}": lambda got, right, *_: _shorter(right, got),
        "the symbols are others, or in another order: all that is not of a pair stays as it "
        "was": lambda got, right, *_: b"".join(got) != b"".join(right),
        "some occurrences stay apart: join each": lambda got, right, *_: len(got) > len(right),
        "more is joined than the pair: compare both": lambda got, right, *_: len(got) < len(right),
        "the symbols are cut in other places: join from the left": lambda got, *_: len(got) > 0,
    },
)
"""`check_merge_pair(merge_pair, word, pair)`."""


def _drawn(n: int, letters: str = "ab", single: bool = False) -> tuple[Word, Pair]:
    """A word, of single bytes or longer symbols, and a pair that stands in it."""
    bytes_of = tuple(one_of(letters).encode() for _ in range(n))
    word = bytes_of if single else some_symbols(n, letters)
    i = a_size(0, n - 2)
    return word, (word[i], word[i + 1])


def _equal(n: int) -> tuple[Word, Pair]:
    return (b"e",) * n, (b"e", b"e")


def _same_bytes() -> tuple[Word, Pair]:
    """Symbols that the pair is one cut of, and another one."""
    return (b"a", b"bc", *some_symbols(a_size(1, 3)), b"ab", b"c", b"xa", b"b", b"c"), (b"ab", b"c")


def merged_wrongly(text: Sequence[Any], but: Sequence[str]) -> list[Rewrite]:
    """These mistakes in an answer that merges pairs without `merge_pair`, but for some of which
    the message says this. In merges that were trained no two have the same joined bytes."""
    plain, but = Text(*text), (*but, "joined bytes")
    return [
        Rewrite(f"where a pair is merged, {mistake.message}", plain.edited(given={"merge_pair": f}))
        for mistake, f in check_merge_pair.implementations
        if not any(words in mistake.message for words in but)
    ]


calls = partial(calls_of, check_merge_pair)
EXERCISE.cases["merge_pair"] = {
    "each occurrence of pair joined to one symbol": calls(
        *[lambda: _drawn(a_size(6, 12), single=True)] * 4, *[lambda: _drawn(9, "abc d", True)] * 4
    ),
    "from the left, without overlaps": calls(
        lambda: _equal(2 * a_size(1, 4) + 1), lambda: _equal(2 * a_size(2, 4)), lambda: _equal(2)
    ),
    "symbols of any length": calls(
        _same_bytes, *[lambda: _drawn(a_size(8, 20))] * 4, *[lambda: _drawn(12, "ab c")] * 4
    ),
    "bytes of any value": calls(*[lambda: _drawn(a_size(5, 9), ACCENTED)] * 3),
    "a word without the pair, or with a single symbol": calls(
        lambda: (some_symbols(a_size(3, 9)), (b"x", b"a")),
        lambda: ((b"a",) * a_size(1, 5) + (b"x",), (b"x", b"a")),
        lambda: (some_symbols(1), (b"a", b"b")),
    ),
    "thousands of symbols": calls(
        lambda: _drawn(a_size(4000, 6000), "ab"), lambda: _equal(a_size(4000, 6000))
    ),
}
