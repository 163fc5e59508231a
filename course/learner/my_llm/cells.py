"""A notebook's cells, of which modules are made; what is in them says the grader's reading."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from course.authoring.exercises import SOLUTION_MARKS, source_of
from course.learner.own import course_source
from nbexaminer.errors import Malformed
from nbexaminer.judging.names.statements import Statement, python_of, statements_of
from nbexaminer.judging.notebook.cell import Role, cells_of
from nbexaminer.judging.notebook.graft import graft
from nbexaminer.judging.notebook.reader import read_notebook

_MARKS = re.compile(rf"^ *### ({'|'.join(SOLUTION_MARKS)})\n", re.M)


@dataclass(frozen=True, eq=False)
class BookCell:
    """A cell that may define something.

    own: whether it comes from the learner's notebook, and not from the course's solved one.
    place: where in the notebook.
    answer: the name of the answer that it is, or empty.
    text: its code, without magics.
    """

    exercise: str
    own: bool
    place: int
    role: Role
    answer: str
    text: str

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What stands at its top level."""
        return statements_of(self.text)

    def needed(self, roots: Iterable[str]) -> list[Statement]:
        """What defines `roots`, and what of the cell that needs: not what only tries or shows."""
        names, kept = set(roots), list[Statement]()
        here = {name for s in self.statements for name in s.binds - s.imports}
        while new := [
            s for s in self.statements if s not in kept and names & (s.binds | s.changes & here)
        ]:
            kept += new
            names.update(*(s.reads | s.builtins for s in new))
        return [s for s in self.statements if s in kept]

    def import_of(self, name: str) -> str:
        """The line that imports `name` at the cell's top level, if that is what defines it."""
        tree = next(s.tree for s in reversed(self.statements) if name in s.binds)
        if not isinstance(tree, ast.Import | ast.ImportFrom):
            return ""
        brought = [a for a in tree.names if (a.asname or a.name).partition(".")[0] == name]
        if isinstance(tree, ast.ImportFrom):
            return ast.unparse(ast.ImportFrom(tree.module, brought, tree.level))
        return ast.unparse(ast.Import(brought))

    def text_of(self, kept: Iterable[Statement]) -> str:
        """The lines of these statements, as they were written, with the comments among them."""
        wanted = {line for statement in kept for line in _lines(statement.tree)}
        dropped = {line for s in self.statements for line in _lines(s.tree)} - wanted
        lines = self.text.splitlines()
        for line in sorted(dropped):  # a comment right above goes along
            while line > 1 and lines[line - 2].startswith("#"):
                line -= 1
                dropped.add(line)
        text = "\n".join(line for i, line in enumerate(lines, 1) if i not in dropped)
        return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n")


Book = tuple[BookCell, ...]
"""The cells of a notebook."""


def _lines(tree: ast.stmt) -> range:
    """The lines of a statement, decorators included, counted from 1."""
    decorators = getattr(tree, "decorator_list", [])
    return range(min(n.lineno for n in (tree, *decorators)), (tree.end_lineno or tree.lineno) + 1)


@functools.cache
def solved_book(exercise: str) -> Book:
    """The course's own, where this copy has the solutions."""
    source = course_source(exercise) if source_of(exercise).exists() else None
    return _book(exercise, False, source.notebook, {}) if source else ()


def learners_book(exercise: str, path: Path, texts: Mapping[str, str]) -> Book:
    """The learner's, where it can be read. `texts`: newer ones of some answers, by name."""
    source = course_source(exercise)
    try:
        notebook = graft(source, read_notebook(path.read_bytes())).notebook if source else {}
    except (Malformed, OSError):
        return ()
    return _book(exercise, True, notebook, texts) if notebook else ()


def _book(exercise: str, own: bool, notebook: dict[str, object], texts: Mapping[str, str]) -> Book:
    found = []
    for place, cell in enumerate(cells_of(notebook)):
        if cell.is_code and cell.role in (Role.ANSWER, Role.GIVEN, Role.OPEN):
            answer = cell.name if cell.role is Role.ANSWER else ""
            text = python_of(_MARKS.sub("", texts.get(answer, cell.source)))
            found.append(BookCell(exercise, own, place, cell.role, answer, text or ""))
    return tuple(found)


def definer(book: Book, name: str, user: BookCell) -> BookCell | None:
    """The cell from which another has a name: the last up to it, else the first below."""
    found = [cell for cell in book if any(name in s.binds for s in cell.statements)]
    before = [cell for cell in found if cell.place <= user.place]
    return before[-1] if before else next(iter(found), None)


def star_import(book: Book, user: BookCell) -> str:
    """The last `from math import *` up to a cell, or empty."""
    trees = [s.tree for cell in book if cell.place <= user.place for s in cell.statements]
    stars = [t for t in trees if isinstance(t, ast.ImportFrom) and t.names[0].name == "*"]
    return ast.unparse(stars[-1]) if stars else ""
