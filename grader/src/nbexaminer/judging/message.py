"""What a failed test says: the headline, facts and tables, as data that anything can draw.

A course's exceptions join by a method `as_message()`, which gives the fields of `Message` as a
dict. It travels as JSON: to the graded notebook, the journal, the pages and a terminal, none of
which looks into its wording.
"""

from __future__ import annotations

import dataclasses
import json
import textwrap
from dataclasses import dataclass
from typing import Any

from nbexaminer.judging.notebook.sanitize import MAX_MESSAGE, safe_line

WIDTH = 83
"""Columns of a line: nbgrader's Validate has 90, of which it indents by 4 and cuts off 3."""
NOT_WRITTEN = "{} is not written yet"
INSTEAD = "your cell defines {}; the test looks for {}"
TO_DO = "replace the raise with your code"
UNEXPECTED = "the answer is not what the test expects"
MAX_LABEL = 100
MAX_CELL = 30
_HANGING = 13
_LARGE = 1 << 53
# What may be read: of a dict some names, of a list items of one shape and how many at most.
_PLACE = (int, int)
_TABLE = {
    "label": str, "cells": [[str, 8], 8], "wrong": [_PLACE, 64], "begins": _PLACE, "place": str,
}  # fmt: skip
_MESSAGE = {
    "headline": str, "cause": str, "facts": [(str, str), 20], "tables": [_TABLE, 4], "todo": str,
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Numbers of a result, or the part of them where it differs first.

    label: of the fact whose numbers these are, such as "came back".
    cells: up to 8 rows of up to 8 short texts.
    wrong: rows and columns of the cells that are not as they should be.
    begins: row and column that the first cell has in the result.
    place: which part of the result it is, in words, or empty.
    """

    label: str
    cells: tuple[tuple[str, ...], ...]
    wrong: tuple[tuple[int, int], ...] = ()
    begins: tuple[int, int] = (0, 0)
    place: str = ""


@dataclass(frozen=True)
class Message:
    """What a learner is told of a test; without a headline, nothing.

    headline: the cause, or else what is wrong; of several lines, if the test's author wants them.
    cause: the misconception, if one is known, for counting.
    facts: each with its label.
    todo: what to do next, for somebody who is still at work.
    """

    headline: str = ""
    cause: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    todo: str = ""

    @staticmethod
    def of(error: AssertionError) -> Message:
        """What the exception that a failed test ends in says, as data or as text."""
        try:
            data = error.as_message()  # type: ignore[attr-defined]
        except Exception:
            data = None
        message = Message.read(data)
        return message if message.headline else Message(str(error) or UNEXPECTED)

    @staticmethod
    def read(data: object) -> Message:
        """The message that JSON describes, made `clean`. Text is a headline, as in versions before
        messages were data; of what is neither, the headline is kept if it has one."""
        try:
            fields = _checked(data, _MESSAGE)
            tables = tuple(Table(**table) for table in fields.get("tables", ()))
            return Message(**fields | {"tables": tables}).clean()
        except TypeError:
            text = data.get("headline") if isinstance(data, dict) else data
            return Message(text if isinstance(text, str) else "").clean()

    def as_data(self) -> dict[str, Any]:
        """What `read` reads; fields that are empty are left out."""
        fields: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        return {name: value for name, value in fields.items() if value}

    def clean(self) -> Message:
        """The same without control characters but line ends, and of limited length."""
        left = MAX_MESSAGE

        def short(text: str) -> str:
            nonlocal left
            text = safe_line(text)
            text, left = text if len(text) <= left else text[:left] + " …", left - len(text)
            return text

        headline, todo = short(self.headline), _in_line(self.todo, MAX_LABEL)
        facts = [(_in_line(name, MAX_LABEL), short(fact)) for name, fact in self.facts if left > 0]
        tables = tuple(map(_clean, self.tables))
        return Message(headline, safe_line(self.cause), tuple(facts), tables, todo)

    @property
    def opening(self) -> str:
        """The headline, and what to do."""
        return f"{self.headline}: {self.todo}" if self.todo else self.headline

    def __str__(self) -> str:
        indent = "\n" + " " * _HANGING
        facts = (f"{_begin(label)}{fact}".replace("\n", indent) for label, fact in self.facts)
        return "\n".join([self.opening, *facts])

    def lines(self, width: int = WIDTH, sign: str = "") -> tuple[list[str], list[str]]:
        """The text in lines of a terminal, those of its first one apart, none longer than `width`.

        Long ones are wrapped, and go on below where their text began.

        sign: what the first line begins with.
        """
        first, *more = f"{sign}{self.opening}".split("\n")
        rest: list[str] = []
        for line in more:
            begin = " " * min(len(line) - len(line.lstrip(" ")), _HANGING)
            rest += _wrapped(line[len(begin) :], width, begin, begin)
        hanging = " " * _HANGING
        for label, fact in self.facts:
            begin = _begin(label)
            for line in fact.split("\n"):
                rest += _wrapped(line, width, begin, hanging)
                begin = hanging
        return _wrapped(first, width, "", "  "), rest

    def entries(self) -> list[tuple[str, str, Table | None]]:
        """The facts as a page draws them; those that have a table stand together, each with it."""
        tables = {table.label: table for table in self.tables}
        rows = [(label, fact, tables.pop(label, None)) for label, fact in self.facts]
        rows += [(label, "", table) for label, table in tables.items()]
        first = next((i for i, (_, _, table) in enumerate(rows) if table), 0)
        return rows[:first] + sorted(rows[first:], key=lambda row: row[2] is None)


NO_MESSAGE = Message()


def _begin(label: str) -> str:
    return f"  {f'{label}:':<10} "


def _wrapped(line: str, width: int, begin: str, then: str) -> list[str]:
    return textwrap.wrap(
        line, width, initial_indent=begin, subsequent_indent=then, break_on_hyphens=False,
        replace_whitespace=False,
    ) or [""]  # fmt: skip


def _in_line(text: str, most: int) -> str:
    return safe_line(text).replace("\n", " ")[:most]


def _clean(table: Table) -> Table:
    cells = tuple(tuple(_in_line(cell, MAX_CELL) for cell in row) for row in table.cells)
    label, place = (_in_line(text, MAX_LABEL) for text in (table.label, table.place))
    return dataclasses.replace(table, label=label, cells=cells, place=place)


def _checked(data: Any, shape: Any) -> Any:
    """Data of such a shape, with tuples for lists. Raises TypeError for any other."""
    if isinstance(shape, dict) and isinstance(data, dict) and data.keys() <= shape.keys():
        return {name: _checked(value, shape[name]) for name, value in data.items()}
    if isinstance(shape, list) and isinstance(data, list | tuple) and len(data) <= shape[1]:
        return tuple(_checked(item, shape[0]) for item in data)
    if isinstance(shape, tuple) and isinstance(data, list | tuple) and len(data) == len(shape):
        return tuple(map(_checked, data, shape))
    if type(data) is shape and (shape is str or abs(data) < _LARGE):
        return data
    raise TypeError
