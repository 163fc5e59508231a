"""Texts as rows of tokens in which formatting, comments and the choice of names leave no trace.

The base line is what everybody in the course may have read: alike in that, two answers say nothing.

The names of library functions are told apart: what short functions call is the most in which they
differ.
"""

import builtins
import contextlib
import functools
import json
import keyword
import re
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from nbexaminer.profile import Profile

MOST_CHARACTERS = 20_000
"""Of a cell; what follows is not compared."""
FINGERPRINT = 6
"""Tokens in a row that are compared at a time: about half a statement."""

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


def of_code(code: str, given: Collection[str]) -> Tokens:
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


def fingerprints(tokens: Tokens) -> np.ndarray:
    """The fingerprint that begins at each token, but for the last few: whole numbers.

    All are kept. A winnowed choice would differ from run to run, as Python's hashes do.
    """
    row = tokens.symbols
    starts = range(len(row) - FINGERPRINT + 1)
    return np.array([hash(row[start : start + FINGERPRINT]) for start in starts], np.int64)


def among(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Which of the values are in `known`, which is sorted: np.isin would sort it each time."""
    if not len(known):
        return np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.asarray(known[at] == values)


@dataclass(frozen=True)
class BaseLine:
    """given: names that the course defines or imports, which mean the same to everybody who uses
    them. known: fingerprints of its texts, sorted."""

    given: frozenset[str]
    known: np.ndarray

    @classmethod
    def of(cls, code: Sequence[str], prose: Sequence[str] = ()) -> Self:
        """Of the course's code and its text; the latter may have code in it, too."""
        given = frozenset(name for text in code for name in _GIVEN.findall(text))
        rows = [of_code(text, given) for text in (*code, *prose)] + [of_prose(t) for t in prose]
        known = [fingerprints(row) for row in rows]
        return cls(given, np.unique(np.concatenate([*known, np.array([], np.int64)])))

    def tokens(self, text: str, is_prose: bool) -> Tokens:
        """A learner's text, its names told apart as this course's are."""
        return of_prose(text) if is_prose else of_code(text, self.given)


def base_line(folders: Iterable[Path], profile: Profile) -> BaseLine:
    """Of the notebooks in these folders (solutions, what was handed out, lessons), and of the
    course's own modules. What can't be read is left out."""
    packages = profile.packages(*profile.parts)
    modules = [path for p in packages for path in sorted(profile.place(p).rglob("*.py"))]
    code = [path.read_text(encoding="utf-8") for path in modules]
    prose: list[str] = []
    for folder in folders:
        for path in sorted(folder.rglob("*.ipynb")):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                for cell in json.loads(path.read_bytes())["cells"]:
                    texts = code if cell["cell_type"] == "code" else prose
                    texts.append("".join(cell["source"]))
    return BaseLine.of(code, prose)
