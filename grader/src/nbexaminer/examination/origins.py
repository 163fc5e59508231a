"""Where a name that a test reads comes from: which cell of the source defines it last before it.

Only the source is asked, never what a learner wrote: who could say that `np` is theirs would have
their own code compare what they return.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nbexaminer.examination.names import bound_names
from nbexaminer.examination.statements import Statement, statements_of
from nbexaminer.examination.verdicts import CellToRun
from nbexaminer.notebook.cell import Role

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Origin:
    """A place at which a name is defined.

    place: of the cell.
    statement: the one that defines it; None where the cell isn't Python.
    """

    place: int
    statement: Statement | None

    @property
    def is_import(self) -> bool:
        """Whether the name is imported there."""
        return self.statement is not None and self.statement.is_import

    @property
    def is_definition(self) -> bool:
        """Whether it is a function or a class that is written down there."""
        return self.statement is not None and self.statement.is_definition


class Origins:
    """The names of one notebook.

    cells: with the source's own text of each.
    """

    def __init__(self, cells: Sequence[CellToRun]) -> None:
        self._cells = cells
        self._words = [frozenset(_WORD.findall(cell["own"])) for cell in cells]
        self.of = functools.cache(lambda name, before: next(self.all_of(name, before), None))
        self.needed_by = functools.cache(self._needed_by)
        self.is_learners = functools.cache(self._is_learners)

    def all_of(self, name: str, before: int) -> Iterator[Origin]:
        """What defines a name last before the cell at a place, as far as the text says; what has
        defined it before that, and so on."""
        for place in reversed(range(before)):
            text = self._cells[place]["own"]
            if name not in self._words[place] or name not in bound_names(text):
                continue
            statements = statements_of(text)
            if not statements:
                yield Origin(place, None)
            yield from (Origin(place, s) for s in reversed(statements) if name in s.binds)

    def stars(self, before: int) -> Iterator[Origin]:
        """What imports all names of a module in cells that aren't locked, the last first."""
        for place in reversed(range(before)):
            cell = self._cells[place]
            if cell["role"] in (Role.OPEN, Role.ANSWER) and "*" in cell["own"]:
                stars = (s for s in reversed(statements_of(cell["own"])) if s.is_star)
                yield from (Origin(place, star) for star in stars)

    def read_by(self, names: Iterable[str], before: int) -> list[str]:
        """These names, and those that are read by what they stand for, where that is the source's:
        what is read comes before what reads it."""
        found: dict[str, None] = {}
        asked = set(names)
        for name in sorted(asked):
            self._read(name, before, found, asked)
        return [*found]

    def _read(self, name: str, before: int, found: dict[str, None], asked: set[str]) -> None:
        origin = self.of(name, before)
        if origin is not None and origin.statement is not None and self._reads_on(origin):
            for other in sorted(origin.statement.reads - asked):
                asked.add(other)
                self._read(other, before, found, asked)
        found.setdefault(name)

    def _reads_on(self, origin: Origin) -> bool:
        """Whether what is defined there may still read names in the examiner."""
        role = self._cells[origin.place]["role"]
        if role == Role.TEST:
            return origin.statement is not None and origin.statement.defers
        return role != Role.ANSWER

    def _needed_by(self, origin: Origin) -> tuple[tuple[Statement, ...], frozenset[str]]:
        """The statements of its cell that what is defined there takes, in order, the last of them
        its own; and the names that these read and don't define."""
        assert origin.statement is not None
        statements = statements_of(self._cells[origin.place]["own"])
        needed, reads = [origin.statement], set(origin.statement.reads)
        for statement in reversed(statements[: statements.index(origin.statement)]):
            leads_to_imports = statement.is_import and not statement.binds
            if reads & statement.binds or leads_to_imports:
                needed.insert(0, statement)
                reads = reads - statement.binds | statement.reads
        return tuple(needed), frozenset(reads)

    def _is_learners(self, origin: Origin) -> bool:
        """Whether what is made there is made of an answer."""
        if self._cells[origin.place]["role"] == Role.ANSWER:
            return not origin.is_import
        if origin.statement is None or origin.is_definition or origin.is_import:
            return False
        _, reads = self.needed_by(origin)
        before = (self.of(name, origin.place) for name in reads)
        return any(other is not None and self.is_learners(other) for other in before)
