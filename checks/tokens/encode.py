"""From a text to ids: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from checks.compare import Raised
from checks.drawn import a_size
from checks.seen import KEPT, Predicate, any_item, comes_back, raised
from checks.tokens.drawn_texts import ACCENTED, a_string, a_text, calls_of, some_merges
from checks.tokens.exercise import EXERCISE
from checks.tokens.merge_pair import merged_wrongly
from reference import tokens
from reference.tokens import Pair, merge_pair, split_words, vocabulary

Merges = Sequence[Pair]


def _encode(text: str, merges: Merges) -> list[int]:
    first = 256
    ids = {bytes([b]): b for b in range(256)}
    ids |= {left + right: first + i for i, (left, right) in enumerate(merges)}
    out: Any = []
    for word in split_words(text):
        start = word.encode()
        now = tuple(bytes([b]) for b in start)
        for pair in merges:
            now = merge_pair(now, pair)
        cut: Sequence[bytes] = now
        found = [ids[symbol] for symbol in cut]
        out += found
    return out


def _longest(data: bytes, ids: Mapping[bytes, int]) -> list[bytes]:
    """The longest token that fits, from the left."""
    out, begin = [], 0
    while begin < len(data):
        size = next(k for k in range(len(data), 0, -1) if data[begin : begin + k] in ids)
        out.append(data[begin : begin + size])
        begin += len(out[-1])
    return out


def _one_by_one(data: bytes, merges: Merges, key: Callable[[int, int], int]) -> list[bytes]:
    """One pair that there is a merge for is merged, until there is none: that with the smallest
    key, of its place and its merge's."""
    now = [bytes([b]) for b in data]
    while found := [i for i, pair in enumerate(pairwise(now)) if pair in merges]:
        i = min(found, key=lambda i: key(i, merges.index((now[i], now[i + 1]))))
        now[i : i + 2] = [now[i] + now[i + 1]]
    return now


def _grown(data: bytes, merges: Merges) -> list[bytes]:
    """One walk: a symbol grows as long as there is a merge with the next byte."""
    now: list[bytes] = []
    for symbol in (bytes([b]) for b in data):
        if now and (now[-1], symbol) in merges:
            now[-1] += symbol
        else:
            now.append(symbol)
    return now


def _spells(of: Callable[[bytes, bytes], bool]) -> Predicate:
    """Ids that there are, whose bytes are so, held against those of the text."""

    def when(got: Any, right: Any, text: str, merges: Merges) -> bool:
        known = vocabulary(merges)
        return of(b"".join(known[i] for i in got), text.encode())

    return when


def _ascii(data: bytes) -> bytes:
    return bytes(b for b in data if b < 128)


def _no_id(got: Any, *_: Any) -> bool:
    return isinstance(got, Raised) and ("KeyError" in got.kinds or "not in list" in got.message)


def _no_id_of_a_merge(got: Any, right: Any, text: str, merges: Merges) -> bool:
    """A KeyError that names what a merge makes, as a dict of single bytes raises it."""
    made = {repr(token) for token in vocabulary(merges)[256:]}
    return isinstance(got, Raised) and "KeyError" in got.kinds and got.message in made


def _a_number(got: Any, *_: Any) -> bool:
    """An error that speaks of an int."""
    return isinstance(got, Raised) and (got.message.isdigit() or "int" in got.message.split())


def _other_ids(got: Any, right: list[int], *_: Any) -> bool:
    """Only where a merge's id belongs is there another one."""
    return len(got) == len(right) and all(
        g == r or r >= 256 for g, r in zip(got, right, strict=True)
    )


def _out_of_range(got: Any, right: list[int], text: str, merges: Merges) -> bool:
    return not all(0 <= i < 256 + len(merges) for i in got)


_ORDER = "go through merges in their order, and merge each pair in all of the word before the next"
_IDS = "id b is the byte b, and the i-th merge, counted from 0, makes id 256 + i"
check_encode = EXERCISE.check(
    "encode",
    reference=tokens.encode,
    text=[_encode],
    expects="a list of ids: in each word the pairs are merged in the order of merges, then each "
    "symbol is looked up: a byte b has id b, what the i-th merge makes has 256 + i",
    wrong={
        "every word of split_words counts, in its place, and nothing is merged across words": {
            "for word in [text]:": "pairs are merged across words, too",
            (
                "for word in text.split():",
                "for word in map(str.strip, split_words(text)):",
            ): "spaces are left out (split, strip)",
            "for word in split_words(text.lower()):": "the text is lower-cased",
            "for word in dict.fromkeys(split_words(text)):": "each different word comes once",
            "for word in text.replace(' ', '| |').split('|'):": "a space is a word of its own",
            "for word in split_words(text)[-1:]:": "only the last word is encoded",
            "for word in split_words(text)[:-1]:": "the last word is left out",
            "for word in split_words(text)[1:]:": "the first word is left out",
            "for word in split_words(text.strip()):": "spaces at both ends are left out (strip)",
            "for word in split_words(' '.join(text.split())):": "white space becomes single spaces",
            "for word in split_words(text)[:1]:": "only the first word comes (return in a loop)",
        },
        _ORDER: {
            "for pair in reversed(merges):": "the merges are made in reverse order",
            "for pair in sorted(merges):": "the merges are sorted",
            "for pair in sorted(merges, key=lambda p: -len(p[0] + p[1])):": "long tokens are first",
            "for pair in ():": "nothing is merged, so that all ids are bytes",
            "cut = _one_by_one(start, merges, lambda i, k: i)": "the place decides, not the "
            "order of merges: the first pair that has a merge comes first",
            "cut = _one_by_one(start, merges, lambda i, k: -i)": "the place decides, not the "
            "order of merges: the last pair that has a merge comes first",
            "cut = _one_by_one(start, merges, lambda i, k: -k)": "the latest merge comes first",
            "now = merge_pair(now, pair) -> if len(now) == len(now := merge_pair(now, pair)): "
            "break": "it stops at the first merge that a word hasn't got",
            "cut = _grown(start, merges)": "each word is walked through once, from the left",
            (
                "cut = _longest(start, ids)",
                "for word in [text]:; cut = _longest(start, ids)",
            ): "the longest token that fits is taken, from the left",
            "for pair in merges[:-1]:": "the last merge is left out",
            "for pair in merges[1:]:": "the first merge is left out",
            "for pair in merges[-1:]:": "only the last merge is made",
            "for pair in merges[:1]:": "only the first merge is made",
            "for pair in next(([p] for p in merges if p in zip(now, now[1:])), []):": "only one "
            "merge is made in each word",
        },
        "use the merges that are given": {
            "merges = tokens.train_bpe(text, len(merges)); first = 256": "merges are trained anew",
        },
        _IDS: {
            "first = 255": "the ids of merges begin at 255",
            "first = 257": "the ids of merges begin at 257",
            "first = 0": "the ids of merges begin at 0",
            "found = [symbol[0] for symbol in cut]": "a token gets the id of its first byte",
            "found = [(ids[symbol] + len(merges)) % (256 + len(merges)) for symbol in now]": "the "
            "ids begin with the merges, and bytes come behind them",
            "found = [ids[symbol] + 1 for symbol in now]": "all ids are one too large",
        },
        "a text becomes bytes by UTF-8": {
            "start = word.encode('latin-1', 'replace')": "the text is encoded as Latin-1",
            "start = word.encode('ascii', 'replace')": "what isn't ASCII becomes a question mark",
            "start = [ord(c) % 256 for c in word]": "ord(c) is taken for the bytes of a character",
            "ids |= {c: ord(c) for c in text}; out = []; bytes([b]) for b in start -> "
            "bytes([ord(c)]) if ord(c) < 256 else c for c in word": "ord(c) is taken for the id of "
            "a character",
        },
        "give one list of ids": {
            "found = [symbol for symbol in now]": "tokens come back, not ids",
            "found = [s.decode('utf-8', 'replace') for s in now]": "tokens come back, not ids",
            "found = [[ids[symbol] for symbol in now]]": "each word has a list of its own",
            "return [out]": "the list stands in another list",
            "return ' '.join(map(str, out))": "a text comes back",
            "return set(out)": "a set comes back, which has no order",
            "return sorted(out)": "the ids are sorted",
            "return out[::-1]": "the ids come back in reverse order",
            "return list(dict.fromkeys(out))": "an id that stands there twice comes once",
        },
    },
    mistakes=merged_wrongly([_encode], but=("as it was", "except in a pair", "only what is")),
    seen={
        "empty text: give []": lambda got, right, text, *_: not text and isinstance(got, Raised),
        "a word has fewer symbols after a merge, so a loop over its first length runs beyond its "
        "end: use merge_pair, or while i < len(word) - 1": raised("IndexError"),
        "numbers and bytes are mixed: walking through bytes gives ints, and bytes([b]) makes a "
        "symbol of one": _a_number,
        "what a merge makes has no id: add left + right of each merge to the ids, beside the 256 "
        "single bytes": _no_id_of_a_merge,
        "a symbol has no id: give one to each of the 256 bytes and to what each merge makes, and "
        "begin with the bytes of word.encode(). A pair is two whole symbols, not the "
        "end of one and the beginning of another": _no_id,
        "a character is taken for a byte: word.encode() gives the bytes, each from 0 to "
        "255": raised("ValueError", says="range(0, 256)"),
        "a character has no byte in that encoding: use UTF-8": raised("UnicodeEncodeError"),
        "bytes and text are mixed: use word.encode()": raised("TypeError", says="str"),
        "each word has a list of its own": any_item(lambda item: isinstance(item, list | tuple)),
        "the ids are texts: give ints": lambda got, *_: all(one.isdigit() for one in got),
        "tokens come back, not ids": any_item(lambda item: isinstance(item, bytes | str)),
        "no list of ids comes back": comes_back(str, bytes, bytearray, set, frozenset, dict, int),
        "None is among the ids: a symbol has none": any_item(lambda item: item is None),
        f"what merges make has other ids: {_IDS}": _other_ids,
        f"there are negative ids, or some that are too large (as from an earlier call, with "
        f"other merges): {_IDS}": _out_of_range,
        f"the tokens are cut in other places: {_ORDER}": _spells(lambda got, want: got == want),
        "the right bytes come back, in another order: a word's ids stand behind those of the words "
        "before it": _spells(lambda got, want: sorted(got) == sorted(want)),
        "spaces or line breaks are lost, or added: each word of split_words has its own": _spells(
            lambda got, want: b"".join(got.split()) == b"".join(want.split())
        ),
        **KEPT,
        "what isn't ASCII becomes other bytes: begin with those of word.encode()": _spells(
            lambda got, want: not want.isascii() and _ascii(got) == _ascii(want)
        ),
        "bytes of the text are lost": _spells(lambda got, want: len(got) < len(want)),
        "there are more bytes than in the text": _spells(lambda got, want: len(got) > len(want)),
        f"the ids stand for other bytes: {_IDS}": _spells(lambda got, want: got != want),
    },
)
"""`check_encode(encode, text, merges)`."""


def _case(letters: str, n_merges: int, n_words: int = 12) -> tuple[str, Merges]:
    """A text, and merges that were trained on a longer one of the same letters."""
    text = a_text(60, letters, 30)
    words = text.split(" ")
    shown = " ".join(words[:n_words]) + " " + a_text(6, letters, 6, 9)
    return shown, some_merges(text, n_merges)


calls = partial(calls_of, check_encode)
EXERCISE.cases["encode"] = {
    "no merges: the bytes": calls(lambda: (a_text(3), []), lambda: (a_text(3, ACCENTED), [])),
    "in each word the pairs are merged in the order of merges": calls(
        *[lambda: _case("abc", a_size(9, 15), 40)] * 3, *[lambda: _case("aaAb", 20)] * 3
    ),
    "id 256 + i what the i-th merge makes": calls(
        lambda: (a_string("a", 9, 20), some_merges("a" * 30, 4)), lambda: _case("abcdefgh", 60)
    ),
    "text that isn't English": calls(*[lambda: _case(ACCENTED, 15)] * 2),
    "letters that the merges have never seen": calls(
        lambda: (a_text(9, "abxyzé日"), some_merges(a_text(40), 12))
    ),
    "spaces, line breaks and signs": calls(
        lambda: (f"\n {a_text(9, 'ab.,')}\t! \n", some_merges(a_text(60, "ab., "), 20)),
        lambda: (_case("ab", 9)[0].replace(" ", "  "), some_merges(a_text(60, "ab"), 9)),
    ),
    "any text: signs of four bytes, accents of their own, line breaks of two": calls(
        lambda: ("ab ba\r\n 😀 e\u0301\xa0\u2003x\ufb01 ²\0_", some_merges("ab ba", 3))
    ),
    "[] for an empty text": calls(lambda: ("", some_merges(a_text(9), 3)), lambda: ("", [])),
    "a longer text, and many merges": calls(lambda: _case("etaoinsh", 150, 60)),
}
