"""Notebooks as what modules are made from: a learner's own, and the course's solved ones."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from course.authoring.exercises import SOLUTION_MARKS, source_of
from course.learner.my_llm.cut import CellCode, Statement
from course.learner.own import course_source
from nbexaminer.errors import Malformed
from nbexaminer.judging.notebook.cell import Role, cells_of
from nbexaminer.judging.notebook.graft import graft
from nbexaminer.judging.notebook.reader import read_notebook

_MARKS = re.compile(rf"^ *### ({'|'.join(SOLUTION_MARKS)})\n", re.M)


@dataclass(frozen=True)
class BookCell:
    """A cell that defines something. `name`: of the answer that it is, or empty."""

    place: int
    role: Role
    name: str
    code: CellCode


@dataclass(frozen=True)
class Book:
    """An exercise's notebook.

    own: whether it is the learner's.
    broken: answers whose cell can't be read.
    """

    exercise: str
    own: bool
    cells: tuple[BookCell, ...]
    broken: frozenset[str] = frozenset()

    def answer(self, name: str) -> BookCell:
        """The cell of an answer. Raises KeyError."""
        found = (cell for cell in self.cells if cell.role is Role.ANSWER and cell.name == name)
        try:
            return next(found)
        except StopIteration:
            raise KeyError(name) from None

    def definer(self, name: str, user: BookCell) -> tuple[BookCell, Statement] | None:
        """What `name` means to a cell: the last definition up to it, else the first below."""
        found = [(c, s) for c in self.cells if (s := c.code.definer(name))]
        before = [one for one in found if one[0].place <= user.place]
        return before[-1] if before else next(iter(found), None)

    def stars(self, user: BookCell) -> Iterator[Statement]:
        """Imports of everything, `from math import *`, that a cell may use names of."""
        for cell in self.cells:
            if cell.place <= user.place:
                yield from (s for s in cell.code.statements if s.is_import and "*" in s.binds)


@functools.cache
def solved_book(exercise: str) -> Book | None:
    """The course's own, where this copy has the solutions."""
    if not source_of(exercise).exists():
        return None
    source = course_source(exercise)
    return _book(exercise, False, source.notebook, {}) if source else None


def learners_book(exercise: str, path: Path, texts: Mapping[str, str]) -> Book | None:
    """The learner's, where it can be read. `texts`: newer ones of some answers, by name."""
    source = course_source(exercise)
    if source is None:
        return None
    try:
        notebook = graft(source, read_notebook(path.read_bytes())).notebook
    except (Malformed, OSError):
        return None
    return _book(exercise, True, notebook, texts)


def _book(exercise: str, own: bool, notebook: dict[str, object], texts: Mapping[str, str]) -> Book:
    cells, broken = [], set()
    for place, cell in enumerate(cells_of(notebook)):
        if not cell.is_code or cell.role not in (Role.ANSWER, Role.GIVEN, Role.OPEN):
            continue
        name = cell.name if cell.role is Role.ANSWER else ""
        try:
            code = CellCode(_MARKS.sub("", texts.get(name, cell.source)))
        except (SyntaxError, ValueError):
            broken.add(name)
            continue
        cells.append(BookCell(place, cell.role, name, code))
    return Book(exercise, own, tuple(cells), frozenset(broken - {""}))


def modules_of(statement: Statement) -> list[str]:
    """The top names of what an import imports."""
    node = statement.node
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").partition(".")[0]]
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return []


def import_of(statement: Statement, name: str) -> str:
    """The line that imports `name`, or everything, of what an import imports."""
    node = statement.node
    aliases = [a for a in node.names if name in ((a.asname or a.name).partition(".")[0], a.name)]  # type: ignore[attr-defined]
    if isinstance(node, ast.ImportFrom):
        return ast.unparse(ast.ImportFrom(node.module, aliases, node.level))
    return ast.unparse(ast.Import(aliases))
