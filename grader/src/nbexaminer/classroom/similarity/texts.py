"""Texts as rows of tokens in which formatting, comments and the choice of names leave no trace.

The base line is what everybody in the course may have read: alike in that, two answers say nothing.

The names of library functions are told apart: what short functions call is the most in which they
differ.
"""

import contextlib
import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Name, String

from nbexaminer.judging.profile import Profile

MOST_CHARACTERS = 20_000
"""Of a cell; what follows is not compared."""
FINGERPRINT = 6
"""Tokens in a row that are compared at a time: about half a statement."""
_LEXER = PythonLexer()
_GIVEN = re.compile(r"\b(?:def|class|as|import)\s+(\w+)")
_KNOWN = (Name.Builtin, Name.Exception, Name.Function.Magic, Name.Variable.Magic)


class Token(NamedTuple):
    """What it counts as, and where it begins and ends in the text, in characters."""

    symbol: str
    start: int
    end: int


def of_code(code: str, given: Collection[str]) -> list[Token]:
    """Python's tokens. `given` names are told apart, as attributes are; a learner's own are not."""
    found: list[Token] = []
    owner = ""
    for start, kind, text in _LEXER.get_tokens_unprocessed(code[:MOST_CHARACTERS]):
        symbol, last = text, found[-1].symbol if found else ""
        if not text.strip() or kind in Comment or kind is String.Doc:
            continue
        if kind in String:
            symbol = "a string"
            if last == symbol:
                continue
        elif kind in Name and text not in given and not any(kind in known for known in _KNOWN):
            symbol = text if last == "." and owner != "self" else "a name"
        elif text in {")", "]", "}"} and last == ",":
            found.pop()
        if text != ".":
            owner = text
        found.append(Token(symbol, start, start + len(text)))
    return found


def of_prose(text: str) -> list[Token]:
    """Words, whatever their case."""
    words = re.finditer(r"\w+", text[:MOST_CHARACTERS])
    return [Token(word[0].casefold(), *word.span()) for word in words]


def fingerprints(tokens: Sequence[Token]) -> list[int]:
    """The fingerprint that begins at each token, but for the last few.

    All are kept. A winnowed choice would differ from run to run, as Python's hashes do.
    """
    row = [token.symbol for token in tokens]
    return [hash(tuple(some)) for some in zip(*(row[n:] for n in range(FINGERPRINT)), strict=False)]


@dataclass(frozen=True)
class BaseLine:
    """given: names that the course defines or imports, which mean the same to everybody who uses
    them. known: fingerprints of its texts."""

    given: frozenset[str]
    known: frozenset[int]

    @classmethod
    def of(cls, code: Sequence[str], prose: Sequence[str] = ()) -> Self:
        """Of the course's code and its text; the latter may have code in it, too."""
        given = frozenset(name for text in code for name in _GIVEN.findall(text))
        rows = [of_code(text, given) for text in {*code, *prose}] + [of_prose(t) for t in prose]
        return cls(given, frozenset().union(*map(fingerprints, rows)))

    def tokens(self, text: str, is_prose: bool) -> list[Token]:
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
