"""The names that a test cell starts from: the source's own from the source, a learner's by hand.

What the source imports, and the functions and classes that it defines, the examiner makes itself,
from locked cells and from those that learners can change alike. Else a learner's `np` would be the
judge of what they return. Values that an unlocked cell defines are the learner's, who may have
changed them; where theirs or the source's are no plain values, the source's are taken: a list has
methods, too, and one of them may be called as a method of what the source has there.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nbexaminer.examination.codecs import loaded
from nbexaminer.examination.codecs.containers import is_shared
from nbexaminer.examination.codecs.plain import CantCross, Writer
from nbexaminer.examination.names import bound_names, builtins_used, without_magics
from nbexaminer.examination.origins import Origin, Origins
from nbexaminer.examination.stand_in import RemoteError, StandIn
from nbexaminer.examination.statements import Statement, names_read, statements_of
from nbexaminer.examination.verdicts import CellToRun
from nbexaminer.notebook.cell import Role

_NOTHING: Any = object()
_WHY = ""


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
        self._ended: set[int] = set()
        self._made: dict[Origin, dict[str, Any]] = {}
        self._passing: set[Origin] = set()
        self._failed: dict[tuple[int, str], str] = {}
        self._given_at: dict[str, list[int]] = {}
        self.known: dict[str, Any] = {}
        """What the source's own cells define, but for its tests."""
        self.missing: dict[str, str] = {}
        """Why names are not there for the test that is run."""
        self.is_discreet = False
        """Whether nothing may be said that an answer could have put into words."""
        self._learners: Callable[[str], Any] | None = None
        self._test_has: dict[str, Any] = {}

    def run_given(self, place: int) -> None:
        """Run a locked cell. What fails there is missing to those tests alone that need it."""
        code = self._cells[place]["code"]
        self.missing.clear()
        self._prepare(self._cells[place])
        statements = statements_of(code)
        if not statements and without_magics(code).strip():
            self._fail(place, bound_names(code), "it is no Python")
        for statement in statements:
            self._run_given(place, statement)

    def _run_given(self, place: int, statement: Statement) -> None:
        reads = self.origins.reads_of(statement, place)
        needed = self._found(self.origins.read_by(reads, place), place)
        with self._with(needed) as before:
            if why := self._run(statement):
                self._fail(place, statement.binds, why)
            new = {n: v for n, v in self._names.items() if before.get(n, _NOTHING) is not v}
        new = {n: v for n, v in new.items() if needed.get(n, _NOTHING) is not v}
        self._names.update(new)
        for name in new:
            self._given_at.setdefault(name, []).append(place)
        self.known.update(new)

    def _run(self, *statements: Statement) -> str:
        """Why they can't be run, or nothing."""
        try:
            for statement in statements:
                statement.run(self._names)
        except (Exception, SystemExit) as error:
            kind, text = type(error), str(error)
            if self.is_discreet:  # which an answer that was called may have chosen
                kind, text = kind.__bases__[-1] if isinstance(error, RemoteError) else kind, ""
            return f"{kind.__name__}: {text}".removesuffix(": ")
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
        self._test_has = self._marks.setdefault(place, dict(self._names))
        self._learners = lambda name: fetch(name) if has(name) else _NOTHING
        try:
            found = self._found(self.origins.read_by(names, place), place)
        finally:
            self._learners = None
            for origin in self._passing:
                self._made.pop(origin, None)
            self._passing.clear()
        for name in found:
            self.missing.pop(name, None)
        for name in self.missing:
            self._names.pop(name, None)
        self._names.update(found)
        self._test_has = dict(self._names)

    def read_in(self, code: str, place: int) -> frozenset[str]:
        """Names that the test at a place reads. Raises NameError where it can't be run apart."""
        read = names_read(code)
        for name in builtins_used(code):
            origin = self.origins.of(name, place)
            if origin is None:
                continue
            if origin.is_definition and self._is_answer(origin):
                # As a judge of other answers Python's own is meant, or the learner's would be one.
                text = f"{name} is Python's own, and an answer defines it, too"
                self.missing = {name: f"this test can't be run apart from the answers: {text}"}
                raise NameError(text, name=name)
            read |= {name}
        return read

    def is_asked_for(self, name: str, place: int) -> bool:
        """Whether the test at a place gets what the learner calls so, where that is defined."""
        origin = self.origins.of(name, place)
        if origin is None:
            return name not in self._names
        made = origin.imports(name) or (origin.is_definition and not self._is_answer(origin))
        return not made and self._cells[origin.place]["role"] not in (Role.GIVEN, Role.TEST)

    def is_learners(self, name: str, value: Any, place: int) -> bool:
        """Whether the test at a place has that value of theirs, and not as a mere setting that an
        unlocked cell has for them to change."""
        origin = self.origins.of(name, place)
        is_open = origin is not None and self._cells[origin.place]["role"] == Role.OPEN
        if is_open and not isinstance(value, StandIn):
            return False
        return self._names.get(name, _NOTHING) is value

    def _is_answer(self, origin: Origin) -> bool:
        return self._cells[origin.place]["role"] == Role.ANSWER

    def _found(self, names: Iterable[str], place: int) -> dict[str, Any]:
        own = ((name, self._own(name, place)) for name in names)
        return {name: value for name, value in own if value is not _NOTHING}

    def leave(self, place: int, has_ended: bool) -> None:
        """Keep what the test at a place has defined, and have the names again as before it.

        has_ended: whether it ran to its end.
        """
        bound = {
            n: self._names[n] for n in bound_names(self._cells[place]["code"]) & {*self._names}
        }
        if has_ended:
            self._ended.add(place)
        else:  # what it was given it may not have come to
            bound = {n: v for n, v in bound.items() if self._test_has.get(n, _NOTHING) is not v}
        self._bound[place] = bound
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
        may_be_learners = True
        for origin in self.origins.all_of(name, place):
            starred = self._starred(name, origin.place, place)
            value = self._at(name, origin) if starred is _NOTHING else starred
            if value is not _NOTHING or name in self.missing:
                return value
            may_be_learners = self._cells[origin.place]["role"] in (Role.OPEN, Role.ANSWER)
        starred = self._starred(name, -1, place)
        if starred is not _NOTHING or not may_be_learners:
            return starred
        value = self._asked(name)
        is_said = self._is_plain(value) and self.origins.is_set_in_a_function(name, place)
        if value is _NOTHING or is_said or self.origins.has_unwritten(place):
            return value
        # `%run`, `exec` …: a judge of the source's, perhaps, and the learner's now.
        self.missing[name] = f"no cell of the source says how it defines {name}"
        return _NOTHING

    def _starred(self, name: str, after: int, before: int) -> Any:
        """What a name stands for that a cell between two defines without a word of it."""
        if any(after < place < before for place in self._given_at.get(name, ())):
            return self._names.get(name, _NOTHING)
        for star in self.origins.stars(before):
            if star.place > after and name in (made := self._make(star)):
                return made[name]
        return _NOTHING

    def _asked(self, name: str) -> Any:
        """What the learner calls so, or nothing, also while no test asks."""
        return _NOTHING if self._learners is None else self._learners(name)

    def _at(self, name: str, origin: Origin) -> Any:
        """What a name stands for where it is defined there, or nothing."""
        cell, mine = self._cells[origin.place], not self.origins.is_learners(name, origin)
        match cell["role"]:
            case Role.GIVEN:
                if why := self._failed.get((origin.place, name)):
                    return self._miss(name, origin, why) if mine else self._of_answers(name, origin)
                return self._names.get(name, _NOTHING)
            case Role.TEST if not cell["beside"]:
                value = self._bound.get(origin.place, {}).get(name, _NOTHING)
                if value is not _NOTHING or origin.place in self._ended:
                    return value
                return self._miss(name, origin, "it ended before that")
            case Role.TEST:  # beside the answers, whose process may say of it what it likes
                if not mine:
                    self._passing.add(origin)
                return self._made_there(name, origin)
            case Role.ANSWER:
                value = self._asked(name)
                if value is _NOTHING or not origin.imports(name):
                    return value
                self._import_all(name, origin)
                made = self._made_there(name, origin)
                if made is not _NOTHING and self._is_plain(value) and not self._is_plain(made):
                    return self._miss(name, origin, "what it should import is none here")
                return made
        if origin.imports(name):
            self._import_all(name, origin)
        if origin.imports(name) or origin.is_definition:
            return self._made_there(name, origin)
        return self._changeable(name, origin) if mine else self._of_answers(name, origin)

    def _import_all(self, name: str, last: Origin) -> None:
        """Import what earlier cells import under a name: `import a.b` before `import a.c`."""
        for origin in self.origins.all_of(name, last.place):
            if origin.imports(name) and self._cells[origin.place]["role"] != Role.TEST:
                self._make(origin)

    def _changeable(self, name: str, origin: Origin) -> Any:
        """What an unlocked cell calls so: the learner's, where that and the source's are data."""
        value = self._asked(name)
        if value is _NOTHING and self._learners is not None:
            return value
        made = self._make(origin)
        if value is not _NOTHING and self._is_plain(value) and self._is_plain(made.get(name)):
            return value
        return self._made_there(name, origin)

    def _of_answers(self, name: str, origin: Origin) -> Any:
        """What is made of an answer: the learner's, where it is data of an unlocked cell, or all
        theirs. An object of the source's own around an answer may be what judges it, and so may
        data that a locked cell makes of one: here they are made once more."""
        value = self._asked(name)
        is_locked = self._cells[origin.place]["role"] == Role.GIVEN
        is_judge = is_locked or self.origins.is_object(origin)
        if self._learners is None or value is _NOTHING or (self._is_plain(value) and not is_judge):
            return value
        made = self._made_there(name, origin)
        if is_locked and self._is_plain(made):
            return made
        self._passing.add(origin)
        return value if made is not _NOTHING and self._is_plain(made, StandIn) else made

    def _miss(self, name: str, origin: Origin, why: str) -> Any:
        cell = self._cells[origin.place]
        kind = {Role.GIVEN: "locked cell", Role.TEST: "test"}.get(cell["role"], "cell")
        self.missing[name] = f"the {kind} {cell['id']!r}, which defines {name}, fails: {why}"
        return _NOTHING

    def _made_there(self, name: str, origin: Origin) -> Any:
        made = self._make(origin)
        return made[name] if name in made else self._miss(name, origin, made[_WHY])

    def _make(self, origin: Origin) -> dict[str, Any]:
        """The names that the source's own statement defines; under `_WHY` why it does not."""
        if origin in self._made:
            return self._made[origin]
        if origin.statement is None:
            return {_WHY: "it is no Python"}
        statements, reads = self.origins.needed_by(origin)
        self._made[origin] = {_WHY: "it needs itself"}
        self._passing.add(origin)  # where the learner's process ends meanwhile
        needed = self._found(self.origins.read_by(reads, origin.place), origin.place)
        self._prepare(self._cells[origin.place])
        with self._with(needed) as before:
            why = self._run(*statements)
            binds = origin.statement.binds or self._names.keys() - before.keys() - needed.keys()
            made = {n: self._names[n] for n in binds if n in self._names}
        made = self._made[origin] = {_WHY: why or "it is not reached"} | ({} if why else made)
        if not why:
            self.known.update({n: v for n, v in made.items() if n != _WHY})
        if why and self._learners is None:  # an answer may be what it lacks
            del self._made[origin]
        if not why and not any(isinstance(value, StandIn) for value in made.values()):
            self._passing.discard(origin)  # else: another process of the learner's may follow
        return made

    def _is_plain(self, value: Any, but: type | tuple[()] = ()) -> bool:
        """Whether it is data through and through, which crosses between processes as it is.

        but: what may be in it besides.
        """

        def pass_on(other: Any) -> None:
            if not isinstance(other, but):
                raise CantCross("no data")

        def shared(kind: type) -> str | None:
            if is_shared(kind) and kind.__name__ not in self._given_at:
                raise CantCross("of a class that is not shared")
            return kind.__name__ if is_shared(kind) else None

        try:
            Writer(loaded(), pass_on, False, shared).write(value, 0)
        except Exception:  # of a source's own object, whatever its methods raise
            return False
        return True
