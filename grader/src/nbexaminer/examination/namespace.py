"""The names that a test cell starts from: the source's own from the source, a learner's by hand.

What the source imports, and the functions and classes that it defines, the examiner makes itself,
from locked cells and from those that learners can change alike. Else a learner's `np` would be the
judge of what they return. Values that an unlocked cell defines are the learner's, who may have
changed them; where they are no plain values, the source's are taken.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nbexaminer.examination.names import bound_names, without_magics
from nbexaminer.examination.origins import Origin, Origins
from nbexaminer.examination.stand_in import StandIn
from nbexaminer.examination.statements import Statement, statements_of
from nbexaminer.examination.verdicts import CellToRun
from nbexaminer.notebook.cell import Role

_NOTHING: Any = object()
_WHY = ""
_DEEP = 8


class Namespace:
    """The names of one submission, as the examiner has them.

    cells: all that are run.
    names: where test cells find them, those of `__main__`.
    prepare: called with a cell before a part of it is run.
    """

    def __init__(
        self,
        cells: Sequence[CellToRun],
        names: dict[str, Any],
        prepare: Callable[[CellToRun], Any],
    ) -> None:
        self._cells, self._names, self._prepare = cells, names, prepare
        self.origins = Origins(cells)
        self._marks: dict[int, dict[str, Any]] = {}
        self._bound: dict[int, dict[str, Any]] = {}
        self._made: dict[Origin, dict[str, Any]] = {}
        self._failed: dict[tuple[int, str], str] = {}
        self.known: dict[str, Any] = {}
        """What the source's own cells define, but for its tests."""
        self.missing: dict[str, str] = {}
        """Why names are not there for the test that is run."""
        self._learners: Callable[[str], Any] | None = None

    def run_given(self, place: int) -> None:
        """Run a locked cell. What fails there is missing to those tests alone that need it."""
        code = self._cells[place]["code"]
        self._prepare(self._cells[place])
        statements = statements_of(code)
        if not statements and without_magics(code).strip():
            self._fail(place, bound_names(code), "it is no Python")
        for statement in statements:
            self._run_given(place, statement)

    def _run_given(self, place: int, statement: Statement) -> None:
        needed = self._found(self.origins.read_by(statement.reads, place), place)
        with self._with(needed) as before:
            if why := self._run(statement):
                self._fail(place, statement.binds, why)
            new = {n: v for n, v in self._names.items() if before.get(n, _NOTHING) is not v}
        new = {n: v for n, v in new.items() if needed.get(n, _NOTHING) is not v}
        self._names.update(new)
        self.known.update(new)

    def _run(self, *statements: Statement) -> str:
        """Why they can't be run, or nothing."""
        try:
            for statement in statements:
                statement.run(self._names)
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {error}".removesuffix(": ")
        return ""

    def _fail(self, place: int, names: Iterable[str], why: str) -> None:
        for name in names:
            self._failed[place, name] = why

    def mark(self, place: int) -> None:
        """Keep the names as they are for the test at a place, which runs later."""
        self._marks[place] = dict(self._names)

    def names_for(
        self,
        place: int,
        names: Iterable[str],
        has: Callable[[str], bool],
        fetch: Callable[[str], Any],
    ) -> None:
        """Have `__main__` hold these names, and what they take, as the test at a place sees them.

        has: whether the learner has defined a name.
        fetch: what the learner calls so.
        """
        self.missing.clear()
        if place in self._marks:
            self._replace(self._marks[place])
        self._marks.setdefault(place, dict(self._names))
        self._learners = lambda name: fetch(name) if has(name) else _NOTHING
        try:
            found = self._found(self.origins.read_by(names, place), place)
        finally:
            self._learners = None
        for name in found:
            self.missing.pop(name, None)
        for name in self.missing:
            self._names.pop(name, None)
        self._names.update(found)

    def is_asked_for(self, name: str, place: int) -> bool:
        """Whether the test at a place gets what the learner calls so, where that is defined."""
        origin = self.origins.of(name, place)
        if origin is None:
            return name not in self._names
        made = origin.is_import or (origin.is_definition and not self._is_answer(origin))
        return not made and self._cells[origin.place]["role"] not in (Role.GIVEN, Role.TEST)

    def _is_answer(self, origin: Origin) -> bool:
        return self._cells[origin.place]["role"] == Role.ANSWER

    def _found(self, names: Iterable[str], place: int) -> dict[str, Any]:
        own = ((name, self._own(name, place)) for name in names)
        return {name: value for name, value in own if value is not _NOTHING}

    def leave(self, place: int) -> None:
        """Keep what the test at a place has defined, and have the names again as before it."""
        bound = bound_names(self._cells[place]["code"])
        self._bound[place] = {n: self._names[n] for n in bound if n in self._names}
        self._replace(self._marks.get(place, self._names))

    def _replace(self, names: dict[str, Any]) -> None:
        names = dict(names)
        self._names.clear()
        self._names.update(names)

    @contextlib.contextmanager
    def _with(self, names: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Have these names as well for a while; gives what there was."""
        before = dict(self._names)
        self._names.update(names)
        try:
            yield before
        finally:
            self._replace(before)

    def _own(self, name: str, place: int) -> Any:
        """What a name stands for at a place, or nothing."""
        for origin in self.origins.all_of(name, place):
            value = self._at(name, origin)
            if value is not _NOTHING or name in self.missing:
                return value
        if name in self._names:
            return self._names[name]
        for star in self.origins.stars(place):
            if name in (made := self._make(star)):
                return made[name]
        return self._asked(name)

    def _asked(self, name: str) -> Any:
        """What the learner calls so, or nothing, also while no test asks."""
        return _NOTHING if self._learners is None else self._learners(name)

    def _at(self, name: str, origin: Origin) -> Any:
        """What a name stands for where it is defined there, or nothing."""
        cell, mine = self._cells[origin.place], not self.origins.is_learners(origin)
        match cell["role"]:
            case Role.GIVEN:
                if why := self._failed.get((origin.place, name)):
                    return self._miss(name, origin, why) if mine else self._asked(name)
                return self._names.get(name, _NOTHING)
            case Role.TEST if not cell["beside"]:
                return self._bound.get(origin.place, {}).get(name, _NOTHING)
            case Role.ANSWER:
                value = self._asked(name)
                written = origin.is_import and value is not _NOTHING
                return self._made_there(name, origin) if written else value
        if origin.is_import or origin.is_definition:
            return self._made_there(name, origin)
        value = self._asked(name)
        if mine and (self._learners is None or _holds_a_stand_in(value)):
            return self._made_there(name, origin)
        return value

    def _miss(self, name: str, origin: Origin, why: str) -> Any:
        cell = self._cells[origin.place]
        kind = "locked cell" if cell["role"] == Role.GIVEN else "cell"
        self.missing[name] = f"the {kind} {cell['id']!r}, which defines {name}, fails: {why}"
        return _NOTHING

    def _made_there(self, name: str, origin: Origin) -> Any:
        made = self._make(origin)
        return made[name] if name in made else self._miss(name, origin, made[_WHY])

    def _make(self, origin: Origin) -> dict[str, Any]:
        """The names that the source's own statement defines; under `_WHY` why it does not."""
        if origin in self._made:
            return self._made[origin]
        statements, reads = self.origins.needed_by(origin)
        self._made[origin] = {_WHY: "it needs itself"}
        needed = self._found(self.origins.read_by(reads, origin.place), origin.place)
        self._prepare(self._cells[origin.place])
        with self._with(needed) as before:
            why = self._run(*statements)
            binds = statements[-1].binds or self._names.keys() - before.keys() - needed.keys()
            made = {n: self._names[n] for n in binds if n in self._names}
        made = self._made[origin] = {_WHY: why or "it is not reached"} | ({} if why else made)
        if not why:
            self.known.update({n: v for n, v in made.items() if n != _WHY})
        if why and self._learners is None:  # an answer may be what it lacks
            del self._made[origin]
        return made


def _holds_a_stand_in(value: Any, depth: int = 0) -> bool:
    if isinstance(value, StandIn):
        return True
    if depth > _DEEP or not isinstance(value, list | tuple | set | dict):
        return False
    values = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    return any(_holds_a_stand_in(item, depth + 1) for item in values)
