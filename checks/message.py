"""How a message on an answer reads: the cause first, then what was called and what came back."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 83
"""Columns of a line: nbgrader's Validate has 90, of which it indents by 4 and cuts off 3."""
NOT_WRITTEN = "{} is not written yet"
TO_DO = "replace the raise with your code"
RIGHT = "✓ {}: yes, that's it."
"""What a lesson says of the lines that a learner writes there."""
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_HANGING = 13


@dataclass(frozen=True)
class Table:
    """Numbers of a result, or a window of at most 8 by 8 where it differs first.

    Args:
        label: of the fact whose numbers these are.
        cells: the rows, of short texts.
        wrong: rows and columns of the cells that are not as they should be.
        begins: row and column that the first cell has in the result.
        place: which part of the result it is, in words; empty for all of it.
    """

    label: str
    cells: Sequence[Sequence[str]]
    wrong: Sequence[tuple[int, int]] = ()
    begins: tuple[int, int] = (0, 0)
    place: str = ""


class WrongAnswer(AssertionError):
    """An answer that is not right.

    Its text is the headline and a line for each fact. A notebook and a terminal show it laid out;
    whoever draws it asks for `as_message()`.

    Args:
        headline: the cause, or else what is wrong.
        facts: each with its label, of at most 9 small letters.
        cause: the misconception, if one is known.
        tables: numbers that belong to facts.
        todo: what to do next.
    """

    def __init__(
        self,
        headline: str,
        facts: Iterable[tuple[str, str]] = (),
        cause: str = "",
        tables: Iterable[Table] = (),
        todo: str = "",
    ) -> None:
        indent = "\n" + " " * _HANGING
        self.headline, self.todo = headline.replace("\n", indent), todo
        self.facts, self.cause, self.tables = list(facts), cause, list(tables)
        lines = (f"{_begin(label)}{fact}".replace("\n", indent) for label, fact in self.facts)
        super().__init__("\n".join([self.opening, *lines]))

    @property
    def opening(self) -> str:
        """The headline, and what to do next."""
        return f"{self.headline}: {self.todo}" if self.todo else self.headline

    def as_message(self) -> dict[str, Any]:
        """What it says, as data that go into JSON."""
        return {
            "headline": self.headline,
            "cause": self.cause,
            "facts": self.facts,
            "tables": [dataclasses.asdict(table) for table in self.tables],
            "todo": self.todo,
        }

    def _render_traceback_(self) -> list[str]:
        # IPython shows these lines in place of a traceback through this package.
        return laid_out(f"✗ {self.opening}", self.facts)


def bold(line: str) -> str:
    """A line with the codes that a notebook, a page and a terminal all know."""
    return f"{_BOLD}{line}{_PLAIN}"


def laid_out(headline: str, facts: Iterable[tuple[str, str]] = ()) -> list[str]:
    """The lines of a message as a notebook, a page and a terminal show them.

    The first line is bold. Long ones are wrapped, and go on below where their text began.
    """
    first, *more = headline.split("\n")
    lines = [bold(line) for line in _wrapped(first, "", "  ")]
    for line in more:
        begin = " " * min(len(line) - len(line.lstrip(" ")), _HANGING)
        lines += _wrapped(line[len(begin) :], begin, begin)
    return lines + fact_lines(facts)


def fact_lines(facts: Iterable[tuple[str, str]]) -> list[str]:
    """Those of the facts alone."""
    lines: list[str] = []
    hanging = " " * _HANGING
    for label, fact in facts:
        begin = _begin(label)
        for line in fact.split("\n"):
            lines += _wrapped(line, begin, hanging)
            begin = hanging
    return lines


def _begin(label: str) -> str:
    return f"  {f'{label}:':<10} "


def _wrapped(line: str, begin: str, then: str) -> list[str]:
    return textwrap.wrap(
        line, WIDTH, initial_indent=begin, subsequent_indent=then, break_on_hyphens=False,
        replace_whitespace=False,
    ) or [""]  # fmt: skip
