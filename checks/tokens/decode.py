"""From ids to a text: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from checks.compare import Raised
from checks.drawn import a_size
from checks.seen import KEPT, comes_back, raised
from checks.tokens.drawn_texts import ACCENTED, a_text, calls_of, some_merges
from checks.tokens.exercise import EXERCISE
from reference import tokens
from reference.tokens import Pair, encode


def _refuse(ids: list[int], merges: Sequence[Pair]) -> None:
    for i in ids:
        if not 0 <= i < 256 + len(merges):
            raise ValueError(f"ids has {i}")


def _decode(ids: list[int], merges: Sequence[Pair]) -> str:
    _refuse(ids, merges)
    single = [bytes([b]) for b in range(256)]
    made = [left + right for left, right in merges]
    known = single + made
    found = [known[i] for i in ids]
    data = b"".join(found)
    return data.decode("utf-8", errors="replace")


def _left_out(got: Any, again: Any, ids: list[int], merges: Sequence[Pair]) -> bool:
    """Whether the text is that of the ids that there are."""
    known = [i for i in ids if 0 <= i < 256 + len(merges)]
    return bool(got == tokens.decode(known, merges))


def _one_too_far(got: Any, again: Any, ids: list[int], merges: Sequence[Pair]) -> bool:
    """Whether of ids that are too large only the first is not refused."""
    first = max(ids) == 256 + len(merges)
    return first and raised("ValueError")(again([97, max(ids) + 1], merges))


def _negative(got: Any, again: Any, ids: list[int], merges: Sequence[Pair]) -> bool:
    return min(ids) < 0 and not raised("ValueError")(got)


def _looked_up(got: Any, *_: Any) -> bool:
    """Whether a list or dict has refused an id, in Python's own words."""
    of_a_dict = isinstance(got, Raised) and got.message.lstrip("-").isdigit()
    return raised("IndexError", says="out of range")(got) or (of_a_dict and raised("KeyError")(got))


def _has_broken(got: Any, right: str, *_: Any) -> bool:
    return "\ufffd" in right


_APART = (
    "join the bytes of all tokens first and decode them together: a character's bytes may lie "
    "in two tokens"
)
_REPLACE = 'bytes that aren\'t UTF-8 become U+FFFD, as data.decode("utf-8", errors="replace") does'
_IDS = "id b is the byte b, and the i-th merge, counted from 0, makes id 256 + i"
check_decode = EXERCISE.check(
    "decode",
    reference=tokens.decode,
    text=[_decode],
    expects='the text: the bytes of all tokens joined, then decoded as UTF-8 with errors="replace"',
    wrong={
        _APART: {
            "return ''.join(t.decode('utf-8', 'replace') for t in found)": "each token is decoded "
            "apart",
            "return ''.join(t.decode('utf-8', errors='ignore') for t in found)": "each token is "
            "decoded apart, and what is no character left out",
            "return ''.join(t.decode('utf-8') for t in found)": "each token is decoded apart",
        },
        _REPLACE: {
            "return data.decode('utf-8')": "bytes that aren't UTF-8 raise an error",
            "return data.decode('utf-8', errors='ignore')": "broken bytes are left out",
            "'replace') -> 'replace').replace('\\ufffd', '?')": "broken bytes become a ?",
            "'replace') -> 'replace').replace('\\ufffd', '')": "broken bytes are left out",
        },
        "the bytes are UTF-8": {
            "return data.decode('latin-1')": "each byte is taken for a character (Latin-1, chr)",
            "return data.decode('ascii', errors='replace')": "the bytes are decoded as ASCII",
            "return data.decode('cp1252', errors='replace')": "the bytes are decoded as CP1252",
        },
        _IDS: {
            "known = single[1:] + made": "the ids of merges (or all) begin at 255",
            "known = single + [b''] + made": "the ids of merges begin at 257",
            "known = single + made[-1:] + made[:-1]": "the ids of merges begin at 257",
            "known = single + made[1:] + made[:1]": "the ids of merges begin at 255",
            "known = single + made[::-1]": "the merges are counted from the last one",
            "known = made + single": "the ids begin with the merges",
            "known = single[:-1] + made[-1:] + made": "the id 255 is taken for a merge",
            "found = [made[i - 256] if i > 256 else bytes([i]) for i in ids]": "256 is made a byte",
            "found = [known[i] if i < 256 else b'' for i in ids]": "what merges make is left out",
            "found = [known[i] if i > 255 else b'' for i in ids]": "single bytes are left out",
            "found = [known[i] if i < 256 else chr(i).encode() for i in ids]": "chr(i) is taken",
        },
        "a merge makes left + right": {
            "made = [left for left, right in merges]": "only the left symbol is taken",
            "made = [right for left, right in merges]": "only the right symbol is taken",
            "made = [right + left for left, right in merges]": "left and right are swapped",
            "made = [left + b' ' + right for left, right in merges]": "there is a space in it",
        },
        "the text is that of all tokens, one after the other": {
            (
                "data = b' '.join(found)",
                "return ' '.join(t.decode('utf-8', errors='replace') for t in found)",
            ): "there is a space between tokens",
            "data = b''.join(found[:1])": "only the first token is decoded (a return in the loop)",
            "data = b''.join(found[-1:])": "only the last token is decoded",
            "data = b''.join(found[:-1])": "the last token is left out",
            "data = b''.join(known[i] for i in sorted(ids))": "the ids are sorted",
            "data = b''.join(found[::-1])": "the tokens stand in reverse order",
            "data = b''.join(dict.fromkeys(found))": "a token that occurs twice comes once",
            "return data.decode('utf-8', errors='replace').strip()": "the text is stripped",
        },
        "give a str": {
            "return data": "bytes come back",
            "return found": "the tokens come back",
            "return [t.decode('utf-8', errors='replace') for t in found]": "a list comes back",
            "return str(data)": "str(data) shows bytes as Python writes them, with b''",
        },
    },
    seen={
        "a list or bytes come back: give a str": comes_back(bytes, bytearray, list, tuple, int),
        f"bytes that aren't UTF-8 raise an error: {_REPLACE}": raised("UnicodeDecodeError"),
        "without ids it fails": lambda got, right, ids, *_: not ids and isinstance(got, Raised),
        f"an id that exists is refused: {_IDS}": raised("ValueError"),
        f"an id that exists isn't found: {_IDS}": raised("IndexError", "KeyError"),
        "bytes and text are mixed: join bytes, then decode": raised("TypeError", says="str"),
        "numbers and bytes are mixed: use bytes([b])": raised("TypeError", says="int"),
        "a merge is a pair: join left + right": raised("TypeError", says="tuple"),
        "there are zero bytes in it: bytes(b) makes b zeros, and bytes([b]) the byte "
        "b": lambda got, right, *_: "\0\0" in got and "\0" not in right,
        "the text is shown with b'': decode the bytes": lambda got, *_: "b'" in got or 'b"' in got,
        f"characters are broken: {_APART}": lambda got, right, *_: (
            "\ufffd" in got and "\ufffd" not in right
        ),
        f"bytes that aren't UTF-8 are dealt with in another way: {_REPLACE}": _has_broken,
        "characters that aren't ASCII come out wrong: join the bytes of all tokens, then decode "
        "them as UTF-8": lambda got, right, *_: not right.isascii(),
        "spaces or line breaks are lost, or added: the text is that of all tokens, one after the "
        "other": lambda got, right, *_: "".join(got.split()) == "".join(right.split()),
        **KEPT,
        f"what merges make comes out wrong: {_IDS}": lambda got, right, ids, *_: max(ids) > 255,
        f"single bytes come out wrong: {_IDS}": lambda got, right, ids, *_: max(ids) < 256,
    },
    unrefused={
        "an id that doesn't exist is left out: raise ValueError instead": _left_out,
        "bad input is not refused: a negative id isn't checked for, and tokens[-1] is the last "
        "token, so raise ValueError where i < 0, too": _negative,
        "the first id that is too large is let through: with n tokens the ids are 0 to n - 1, so "
        "raise ValueError where i >= n, not only where i > n": _one_too_far,
        "no id is checked, so that looking it up fails: raise ValueError before that, with a "
        "message that names the id": _looked_up,
    },
)
"""`check_decode(decode, ids, merges)`."""


def _text(letters: str, n_merges: int) -> tuple[list[int], Sequence[Pair]]:
    """Ids of a text, and the merges."""
    merges = some_merges(a_text(60, letters, 30), n_merges)
    return encode(f" {a_text(9, letters)} {a_text(3, 'xyz.,')}\n", merges), merges


def _any_ids(n: int) -> tuple[list[int], Sequence[Pair]]:
    """Ids of which nobody made sure that they spell UTF-8; some stand there twice."""
    merges = some_merges(a_text(40, ACCENTED), 12)
    ids = [a_size(32, 255 + len(merges)) for _ in range(n)]
    return [*ids, ids[0], 0x80, 97], merges


def _cut() -> tuple[list[int], Sequence[Pair]]:
    """A character whose last byte is missing."""
    merges = some_merges(a_text(9, "abc"), 3)
    return [*encode(a_text(2, "abc") + "日", merges)[:-1]], merges


def _refuses(id_of: Callable[[int], int]) -> Callable[[Any], Any]:
    def case(f: Any) -> None:
        merges = some_merges(a_text(40), a_size(3, 9))
        n = 256 + len(merges)
        says, why = (str(id_of(n)),), f"there are ids from 0 to {n - 1}"
        check_decode.raises(f, ValueError, [97, id_of(n), 98], merges, says=says, why=why)

    return case


calls = partial(calls_of, check_decode)
EXERCISE.cases["decode"] = {
    "the text of ids": calls(*[lambda: _text("abcd", a_size(6, 15))] * 3),
    "single bytes, with and without merges": calls(
        lambda: (list(a_text(5, "xyz").encode()), []),
        lambda: (list(a_text(5, ACCENTED).encode()), some_merges(a_text(9), 4)),
    ),
    "tokens made of tokens": calls(lambda: _text("ab", 30), lambda: _text("abcdefgh", 60)),
    "a character in several tokens": calls(*[lambda: _text(ACCENTED, a_size(3, 9))] * 3),
    "bytes that aren't UTF-8": calls(_cut, *[lambda: _any_ids(a_size(6, 15))] * 3),
    "no ids": calls(lambda: ([], some_merges(a_text(9), 3)), lambda: ([], [])),
    "a single id": calls(
        lambda: ([a_size(97, 122)], []), lambda: ([256], [(b"h", b"e")]), lambda: ([255], [])
    ),
    "the smallest id and the largest": calls(
        lambda: ([258, a_size(97, 122), 255, 0], [(b"a", b"b"), (b"ab", b"c"), (b"c", b"d")])
    ),
    "ValueError for the first id that is too large": _refuses(lambda n: n),
    "ValueError for an id that is too large": _refuses(lambda n: n + 77),
    "ValueError for a negative id": _refuses(lambda n: -1),
    "ValueError for any negative id": _refuses(lambda n: 99 - n),
    "ValueError for a very negative id": _refuses(lambda n: -n - 7),
}
