"""Where a name that a test reads comes from: which cell of the source defines it last before it.

Only the source is asked, never what a learner wrote: who could say that `np` is theirs would have
their own code compare what they return.
"""

import ast
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

    def imports(self, name: str) -> bool:
        """Whether that name is imported there."""
        return self.statement is not None and name in self.statement.imports

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

    def is_set_in_a_function(self, name: str, before: int) -> bool:
        """Whether a function of the source's has it as a `global` name, as far as the text says."""
        said = re.compile(rf"\bglobal\b.*\b{re.escape(name)}\b")
        return any(said.search(cell["own"]) for cell in self._cells[:before])

    def has_unwritten(self, before: int) -> bool:
        """Whether the source lacks a solution there, so that what it defines can't be known."""
        cells = [cell for cell in self._cells[:before] if cell["role"] == Role.ANSWER]
        return not all(any(map(_does, statements_of(cell["own"]))) for cell in cells)

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
        if origin is not None and origin.statement is not None:
            for other in sorted(origin.statement.reads - asked):
                if self._reads_on(origin, other, before):
                    asked.add(other)
                    self._read(other, before, found, asked)
        found.setdefault(name)

    def _reads_on(self, origin: Origin, name: str, before: int) -> bool:
        """Whether what is defined there may still read a name in the examiner."""
        role, statement = self._cells[origin.place]["role"], origin.statement
        if role != Role.TEST or (statement is not None and statement.defers):
            return role != Role.ANSWER
        # What a test has made may be of a class of the source's, with methods that read on.
        read = self.of(name, before)
        return read is not None and read.is_definition and not self.is_learners(name, read)

    def reads_of(self, statement: Statement, place: int) -> frozenset[str]:
        """Names that a statement of the cell at a place takes from the cells before it."""
        kept = (name for name in statement.keeps if self.of(name, place) is not None)
        return statement.reads.union(kept)

    def _needed_by(self, origin: Origin) -> tuple[tuple[Statement, ...], frozenset[str]]:
        """The statements of its cell that what is defined there takes, in order, its own and those
        behind it that change a part of it included; and the names that these take from before."""
        own = origin.statement
        assert own is not None
        statements = statements_of(self._cells[origin.place]["own"])
        at = statements.index(own)
        needed: list[Statement] = []
        reads = kept = frozenset[str]()
        for place, statement in reversed([*enumerate(statements)]):
            takes = reads | kept
            if place > at:  # of a module nobody has to see what is called on it
                changes = statement.touches & (own.binds - own.imports)
                is_needed = bool(changes or statement.binds & takes)
            else:
                # `import a.b` and `import a.c` define the same name.
                goes_on = own.imports & statement.imports
                is_taken = bool((statement.binds | statement.touches) & takes or goes_on)
                leads_to_imports = statement.is_star or statement.leads_to_imports
                is_needed = is_taken or leads_to_imports or statement is own
            if is_needed:
                needed.insert(0, statement)
                reads = reads - statement.binds | statement.reads
                kept = kept - statement.binds | statement.keeps
        return tuple(needed), reads.union(n for n in kept if self.of(n, origin.place) is not None)

    def is_object(self, origin: Origin) -> bool:
        """Whether what is defined there is made by calling a class of the source's, or one that it
        imports, as far as its text says."""
        tree = None if origin.statement is None else origin.statement.tree
        match tree:
            case ast.Assign(value=ast.Call(func=kind)) | ast.AnnAssign(value=ast.Call(func=kind)):
                *_, last = ast.unparse(kind).split(".")
                root = next((n.id for n in ast.walk(kind) if isinstance(n, ast.Name)), "")
                of = self.of(root, origin.place + 1)
                if of is None or of.statement is None or self.is_learners(root, of):
                    return False
                is_class = isinstance(of.statement.tree, ast.ClassDef)
                return is_class or (of.imports(root) and last[:1].isupper())
        return False

    def _is_learners(self, name: str, origin: Origin) -> bool:
        """Whether what is called so there is made of an answer."""
        if self._cells[origin.place]["role"] == Role.ANSWER:
            return not origin.imports(name)
        if origin.statement is None or origin.is_definition or origin.imports(name):
            return False
        _, reads = self.needed_by(origin)
        before = ((other, self.of(other, origin.place)) for other in reads)
        return any(there is not None and self.is_learners(n, there) for n, there in before)


def _does(statement: Statement) -> bool:
    """Whether it is more than what stands for a solution that is not written."""
    match statement.tree:
        case ast.Pass() | ast.Raise() | ast.Expr(value=ast.Constant()):
            return False
    return True
