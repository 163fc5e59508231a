"""A text as a row of tokens in which formatting, comments and the choice of names leave no trace.

The names of library functions are told apart: what short functions call is the most in which they
differ.
"""

from __future__ import annotations

import builtins
import functools
import keyword
import re
import zlib
from collections.abc import Collection
from dataclasses import dataclass

MOST_CHARACTERS = 20_000
"""Of a cell; what follows is not compared."""

_TOKEN = re.compile(
    r"""
    (?P<blank> \s+ | \#[^\n]* | \\\n )
    | (?P<text> [rbfuRBFU]{0,2} (?: \"{3}.*?(?:\"{3}|\Z) | '{3}.*?(?:'{3}|\Z)
        | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'? ) )
    | (?P<number> (?:\d[\d_]*\.?\d*|\.\d+) (?:[eE][+-]?\d+)? )
    | (?P<name> \w+ )
    | (?P<sign> \*\*=? | //=? | -> | :=|[-+*/%@&|^=!<>]= | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"\w+")
_FIXED = frozenset({*keyword.kwlist, *vars(builtins)})
_GIVEN = re.compile(r"\b(?:def|class|as|import)\s+(\w+)")
_NAME = "a name"
# Private and supplementary characters: one stands for a token, so that strings can be compared.
_FIRST, _MANY = 0x10000, 0xF0000


@dataclass(frozen=True)
class Tokens:
    """A text's tokens.

    symbols: a character a token; the same for tokens that count as the same.
    spans: where each begins and ends in the text, in characters.
    """

    symbols: str
    spans: list[tuple[int, int]]


def given_names(code: str) -> set[str]:
    """What code imports or defines: names that mean the same to everybody who uses it."""
    return set(_GIVEN.findall(code))


def of_code(code: str, given: Collection[str] = frozenset()) -> Tokens:
    """Python's tokens. `given` names are told apart, as attributes are; a learner's own are not."""
    symbols: list[str] = []
    spans: list[tuple[int, int]] = []
    # A match an index, since broken code must not end it.
    for match in _TOKEN.finditer(code[:MOST_CHARACTERS]):
        text, kind = match[0], match.lastgroup
        if kind == "blank" or (kind == "text" and text.lstrip("rbfuRBFU")[:3] in {'"""', "'''"}):
            continue
        if kind == "name" and text not in _FIXED and text not in given:
            own = len(spans) > 1 and code[slice(*spans[-2])] == "self"
            text = text if symbols[-1:] == ["."] and not own else _NAME
        elif kind == "text":
            text = "a string"
        elif text in {")", "]", "}"} and symbols[-1:] == [","]:
            symbols.pop()
            spans.pop()
        symbols.append(text)
        spans.append(match.span())
    return Tokens("".join(map(_symbol, symbols)), spans)


def of_prose(text: str) -> Tokens:
    """Words, whatever their case."""
    words = list(_WORD.finditer(text[:MOST_CHARACTERS]))
    symbols = "".join(_symbol(word[0].casefold()) for word in words)
    return Tokens(symbols, [word.span() for word in words])


@functools.lru_cache(maxsize=100_000)
def _symbol(token: str) -> str:
    return chr(_FIRST + zlib.crc32(token.encode("utf-8", "replace")) % _MANY)
