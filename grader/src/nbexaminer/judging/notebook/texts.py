"""What the texts of cells say. Nothing is parsed: names are what lines begin with.

A text may be half a million characters of anything, and is read in no sandbox: all of this takes
time that grows with the text alone.
"""

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from nbexaminer.judging.notebook.reader import SubmittedCell

_DEFINED = re.compile(
    r"(?m)^(?:async[ \t]+)?(?:(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*(?::[^=\n]+)?=(?!=))"
)
_WORD = re.compile(r"\w+")
_MIN_WORDS = 7
"""So many words in a line of code that is a comment or a text may be an answer."""


def defined_in(code: str) -> set[str]:
    """The names that code defines in lines that aren't indented."""
    return {one or other for one, other in _DEFINED.findall(code)}


def words_of(text: str) -> set[str]:
    """The words of a text, which may be names."""
    return set(_WORD.findall(text))


def words_among(names: Collection[str], text: str) -> frozenset[str]:
    """Those of the names that are words of a text. A list of all words would take much memory."""
    return frozenset(word for found in _WORD.finditer(text) if (word := found[0]) in names)


def lines_of(text: str) -> list[str]:
    """The lines of a text without the blanks around them, but for empty ones."""
    return [line for every in text.splitlines() if (line := every.strip())]


def code_of(text: str) -> set[str]:
    """Those of them that are no comments."""
    return {line for line in lines_of(text) if not line.startswith("#")}


def has_prose(code: str) -> bool:
    """Whether a comment or a text in code may be an answer in words."""
    told = (line for line in lines_of(code) if line.startswith(("#", '"', "'")))
    return any(len(line.split(maxsplit=_MIN_WORDS)) >= _MIN_WORDS for line in told)


def as_code(cell: SubmittedCell) -> SubmittedCell:
    """A cell that is to be code; of one that is text, what it has between fences, if any."""
    if cell.kind == "code":
        return cell
    inside, kept = False, []
    for line in cell.source.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            inside = not inside
        elif inside:
            kept.append(line)
    return replace(cell, source="\n".join(kept)) if kept else cell


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _goes_on(before: str, after: str, indents: Collection[str]) -> bool:
    """Whether a cell goes on in the middle of a block where another one ends, which has lines with
    these indents. Who begins a new cell with blanks by mistake sees nothing of it."""
    code = [line for line in before.splitlines() if line.partition("#")[0].strip()]
    if not code or not after.strip():
        return False
    last, depth = code[-1].partition("#")[0].strip(), _indent(code[-1])
    first = _indent(next(line for line in after.splitlines() if line.strip()))
    if last.endswith(("(", "[", "{", "\\")):
        return True
    if not first or sum(map(before.count, "([{")) > sum(map(before.count, ")]}")):
        return bool(first)
    if last.endswith(":"):
        return first != depth and first.startswith(depth)
    ends_block = last.startswith(("return", "raise", "break", "continue"))
    return first in indents and len(first) <= len(depth) and not (ends_block and first == depth)


def split_off(submitted: Sequence[SubmittedCell]) -> set[int]:
    """Numbers of the cells that go on in the middle of a block where the one before them ends."""
    found, indents = set[int](), set[str]()
    for number, (one, other) in enumerate(itertools.pairwise(submitted), 1):
        indents |= {_indent(line) for line in one.source.splitlines() if line.strip()}
        is_code = one.kind == other.kind == "code"
        if is_code and _goes_on(one.source, other.source, indents):
            found.add(number)
        else:
            indents = set()
    return found
