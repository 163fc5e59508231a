"""Which tests can be isolated, and what the test runner replays for them; nothing is run.

The rule: the test runner replays the source's notebook, cell by cell and in order, as a kernel
would. What is no answer it runs from the source's own text. Of an answer cell it has what the
answer process defined: proxies, and copies of plain values. Nothing of a learner's gets in
otherwise.

A test for which that isn't what a kernel would show runs in-process. That is decided here, from
the source's text alone, before anything is graded. Its cells are read in order, and of each name is
kept what is known of it so far:

    name ──▶ Fact  answers   names of answers that it is, or that it was made of
                   later     names that it reads when it is called, to be looked up then
                   reason    why a test that reads it can't be isolated
                   kind      answer, import, definition or value

A value takes over answers and reasons of all that the statement reads which makes or changes it.
"""

import ast
import builtins
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from nbexaminer.examination.names import bound_names
from nbexaminer.examination.reasons import cannot_be_isolated, may_need_the_answers
from nbexaminer.examination.scores import is_quiet
from nbexaminer.examination.statements import Statement, python_of, root_of, run_in, statements_of
from nbexaminer.notebook.cell import Cell, Role

_BUILTINS = frozenset(dir(builtins))
_RUNS_TEXT = frozenset({"exec", "eval"})


@dataclass
class Step:
    """What the test runner does at one cell of the source.

    replay: the Python that it runs there; nothing where no isolated test can see that.
    defines: of an answer cell, the names that are the answer process's from here on.
    may_define: of one that isn't written in the source, those that it has if nobody else has them.
    imports: of an answer cell, its imports, which the test runner makes itself.
    answers: names of answers that may be read here, to be had from the answer process before.
    given: of a test, names of data that it may read and that answers were given, too.
    asks: of a test, whether its last line only asks an answer for something, such as `f(2)`.
    hidden: of a test, whether learners must not hear of it: it is hidden, or reads what one sets.
    reason: of a test, why it runs in-process, in words; nothing where it is isolated.
    advice: how the source could be put so that it is isolated, or nothing.
    """

    replay: str = ""
    defines: tuple[str, ...] = ()
    may_define: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    asks: bool = False
    hidden: bool = False
    reason: str = ""
    advice: str = ""


class _Kind(StrEnum):
    ANSWER = "answer"
    IMPORT = "import"
    DEFINITION = "definition"
    VALUE = "value"


@dataclass(frozen=True)
class _Fact:
    kind: _Kind
    answers: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    reason: str = ""
    advice: str = ""

    def with_all_of(self, other: "_Fact") -> "_Fact":
        """The same name where either may be so."""
        kind = _Kind.ANSWER if other.kind is _Kind.ANSWER else self.kind
        known = self if self.reason else other
        later = self.later | other.later
        return _Fact(kind, self.answers | other.answers, later, known.reason, known.advice)


_NO_FACT = _Fact(_Kind.VALUE)


@dataclass
class _Reader:
    """Reads the cells of one source in order; see the head of this module."""

    cells: Sequence[Cell]
    insisted: Collection[str]
    in_process: Mapping[str, str]
    hidden: Collection[str]
    facts: dict[str, _Fact] = field(default_factory=dict)
    hidden_names: set[str] = field(default_factory=set)
    tested: set[str] = field(default_factory=set)
    """What tests have set or may have changed, by themselves or by functions of the source's."""

    def __post_init__(self) -> None:
        code = [cell for cell in self.cells if cell.is_code]
        self.deferred = _read_by_functions(code)
        others = [c for c in code if c.role is not Role.ANSWER]
        said = frozenset[str]().union(*(bound_names(c.source) for c in code))
        read = (s.reads for cell in others for s in statements_of(cell.source))
        self.free = frozenset[str]().union(*read) - said - _BUILTINS
        """What no cell says how it defines it."""
        deferred = (s for c in others for s in statements_of(c.source) if s.defers)
        self.tested = set[str]().union(*(s.reads | s.globals for s in deferred))

    def step(self, index: int) -> Step:
        """What is done at a cell; those before it have been read."""
        cell = self.cells[index]
        match cell.role:
            case Role.ANSWER:
                return self._answer(cell)
            case Role.TEST:
                return self._test(index)
            case _:
                return self._given(cell)

    def _resolve(self, names: Iterable[str]) -> _Fact:
        """What is known of all of these names, and of what they read later."""
        found = _NO_FACT
        for name in self._reached(names):
            found = found.with_all_of(self.facts[name])
        return found

    def _reached(self, names: Iterable[str]) -> set[str]:
        """These names, and what they read later, as far as something is known of it."""
        seen, waiting = set[str](), [*names]
        while waiting:
            name = waiting.pop()
            if name not in seen and name in self.facts:
                seen.add(name)
                waiting += self.facts[name].later
        return seen

    def _given_data(self, names: Iterable[str]) -> set[str]:
        """Those of what these names reach that a given cell has made of nobody's answer."""
        return {
            name for name in self._reached(names)
            if (fact := self.facts[name]).kind is _Kind.VALUE
            and not (fact.answers or fact.reason or name in self.tested)
        }  # fmt: skip

    def _answer(self, cell: Cell) -> Step:
        statements = statements_of(cell.source)
        defines, imports = set[str](), list[str]()
        for statement in statements:
            changed = {n for n in statement.changes if self._is_value(n)}
            defines |= changed | (statement.binds - statement.imports)
            defines |= statement.globals
            imports += _imports_in(statement)
            for name in statement.imports:
                self.facts[name] = _Fact(_Kind.IMPORT, frozenset({name}))
        free = self.free if not any(map(_does, statements)) else frozenset[str]()
        for name in defines | free:
            self.facts[name] = _Fact(_Kind.ANSWER, frozenset({name}))
        step = Step(defines=tuple(sorted(defines)), imports=tuple(imports))
        step.may_define = tuple(sorted(free - defines))
        return step

    def _is_value(self, name: str) -> bool:
        return name in self.facts and self.facts[name].kind is _Kind.VALUE

    def _given(self, cell: Cell) -> Step:
        answers = set[str]()
        for statement in statements_of(cell.source):
            known = self._known(statement)
            answers |= known.answers
            reason = "" if cell.role is not Role.OPEN else _setting(statement, cell)
            self._note(statement, known, reason)
        if self._runs_text(cell.source):
            answers |= self._all_answers()
        # What is no Python ends there as in a kernel, and is told so.
        return Step(python_of(cell.source) or cell.source, answers=tuple(sorted(answers)))

    def _test(self, index: int) -> Step:
        cell = self.cells[index]
        code, before = cell.source, dict(self.facts)
        read_after = self.deferred.union(
            *(s.reads for c in self.cells[index:] if c.role is Role.ANSWER and c.is_code
              for s in statements_of(c.source))
        )  # fmt: skip
        found = _NO_FACT
        hidden, bound, changed = cell.name in self.hidden, set[str](), set[str]()
        given, passed = set[str](), set[str]()
        for statement in statements_of(code):
            known = self._known(statement)
            if changes := sorted(statement.changes & passed):
                reason = f"it changes {changes[0]}, which it has passed to an answer"
                known = known.with_all_of(_Fact(_Kind.VALUE, reason=reason))
            passed = (passed | self._passed_on(statement)) - statement.binds
            if reason := self._sets(statement, read_after):
                known = known.with_all_of(_Fact(_Kind.VALUE, reason=reason))
            found = found.with_all_of(known)
            hidden = hidden or not self.hidden_names.isdisjoint(statement.reads - bound)
            given |= self._given_data(statement.reads - bound)
            bound |= statement.binds
            changed |= {n for n in statement.changes if not self._is_imported(n)}
            self.tested |= statement.binds | self._changed(statement)
            self._note(statement, known)
        if hidden:
            self.hidden_names |= bound_names(code) | changed
        if self._runs_text(code):
            found = found.with_all_of(_Fact(_Kind.VALUE, self._all_answers()))
        step = Step(answers=tuple(sorted(found.answers)), hidden=hidden, asks=self._asks(code))
        step.given = tuple(sorted(given))
        if cell.name in self.in_process:
            step.reason = self.in_process[cell.name]
        elif found.reason and cell.name not in self.insisted:
            step.reason, step.advice = found.reason, found.advice
        if not step.reason or self._is_replayed(cell, step, found):
            step.replay = code
        else:
            self.facts = before
            step.imports = self._note_in_process(cell)
        return step

    def _is_replayed(self, cell: Cell, step: Step, found: _Fact) -> bool:
        """Whether the test runner can make what an in-process test makes: nothing in its text is
        against it, and nobody would hear of a hidden one by it."""
        is_free = step.reason == NOTED and not (found.reason or step.hidden)
        return is_free and not may_need_the_answers(self.cells, cell.source)

    def _note_in_process(self, cell: Cell) -> tuple[str, ...]:
        """What such a test makes or changes is the answer process's, whose word isn't taken; gives
        what it imports, which the test runner imports, too."""
        imports = list[str]()
        for statement in statements_of(cell.source):
            imports += _imports_in(statement)
            self.facts.update(dict.fromkeys(statement.imports, _Fact(_Kind.IMPORT)))
            for name in (statement.binds - statement.imports) | self._changed(statement):
                reason = (
                    f"it reads {name}, which the test {cell.name!r} makes or changes in-process"
                )
                fact = self.facts.get(name, _NO_FACT)
                is_value = fact.kind is _Kind.VALUE and name in self.facts
                if name in statement.binds or is_value:
                    self.facts[name] = _Fact(_Kind.VALUE, fact.answers, reason=reason)
        return tuple(imports)

    def _known(self, statement: Statement) -> _Fact:
        """What is known of what a statement reads, and of itself."""
        known = self._resolve(statement.reads)
        for name in sorted(statement.builtins):
            if name in self.facts and self.facts[name].kind is _Kind.ANSWER:
                reason = f"{name} is Python's own, and an answer defines it, too"
                return known.with_all_of(_Fact(_Kind.VALUE, reason=reason))
        if reason := cannot_be_isolated(statement.tree):
            known = known.with_all_of(_Fact(_Kind.VALUE, reason=reason))
        return known

    def _note(self, statement: Statement, known: _Fact, setting: str = "") -> None:
        """Keep what a statement that the test runner runs does to names."""
        advice = known.advice
        if setting and not known.reason:
            advice = f"{SETTING}, or say what it is in the test"
        for name in statement.binds:
            if name in statement.imports:
                fact = _Fact(_Kind.IMPORT)
            elif statement.is_definition:
                own = cannot_be_isolated(statement.tree)
                fact = _Fact(_Kind.DEFINITION, later=statement.reads, reason=own)
            else:
                later = {n for n in statement.reads if statement.defers or self._is_defined(n)}
                reason = known.reason or (setting and setting.format(name))
                fact = _Fact(_Kind.VALUE, known.answers, frozenset(later), reason, advice)
            if statement.may_skip and name in self.facts:
                fact = fact.with_all_of(self.facts[name])
            self.facts[name] = fact
        for name in self._changed(statement) - statement.binds:
            if self._is_value(name):
                changed = _Fact(_Kind.VALUE, known.answers, known.later, known.reason, known.advice)
                self.facts[name] = self.facts[name].with_all_of(changed)

    def _is_imported(self, name: str) -> bool:
        return name in self.facts and self.facts[name].kind is _Kind.IMPORT

    def _is_defined(self, name: str) -> bool:
        return name in self.facts and self.facts[name].kind is _Kind.DEFINITION

    def _changed(self, statement: Statement) -> frozenset[str]:
        """Names of values of which a statement may change a part: by itself, by their methods, or
        by a function of the source's or an answer to which they are passed."""
        changed = set(statement.changes)
        for callee, passed in statement.calls:
            fact = self.facts.get(callee)
            if fact is not None and fact.kind is not _Kind.IMPORT:
                changed |= passed | {callee}
            elif callee in ("next", "map", "filter", "setattr", "exec"):
                changed |= passed
        return frozenset(changed)

    def _passed_on(self, statement: Statement) -> set[str]:
        """Names of what a statement passes to an answer, or to what is made of one."""
        calls = ((self.facts.get(callee), passed) for callee, passed in statement.calls)
        return {n for fact, passed in calls if fact and fact.answers for n in passed}

    def _sets(self, statement: Statement, read: Collection[str]) -> str:
        """In words, what a test sets or deletes for others than itself, or nothing."""
        deleted = {
            node.id for node in run_in(statement.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
        }  # fmt: skip
        for name in sorted(statement.binds):
            fact = self.facts.get(name)
            if name in deleted and fact is not None and fact.kind is _Kind.ANSWER:
                return f"it deletes {name}, which an answer defines"
            if name in read and name not in statement.imports:
                return f"it sets {name}, which an answer reads"
            if name in _BUILTINS and fact is None:
                return f"it replaces {name}, which is Python's own"
        for name in sorted(statement.changes):
            if (
                name in self.facts
                and self.facts[name].kind is _Kind.IMPORT
                and _sets_part(statement)
            ):
                return f"it sets a part of {name}, which answers may use"
        return ""

    def _all_answers(self) -> frozenset[str]:
        return frozenset(n for n, fact in self.facts.items() if fact.kind is _Kind.ANSWER)

    def _runs_text(self, code: str) -> bool:
        return any(_RUNS_TEXT & s.builtins for s in statements_of(code))

    def _asks(self, code: str) -> bool:
        """Whether a test's last line only calls, indexes or names what is an answer's."""
        last = statements_of(code)[-1:]
        if not last or not isinstance(last[0].tree, ast.Expr) or is_quiet(code):
            return False
        value: ast.expr = last[0].tree.value
        while isinstance(value, ast.Call | ast.Attribute | ast.Subscript):
            value = value.func if isinstance(value, ast.Call) else value.value
        fact = self.facts.get(root_of(value))
        return fact is not None and fact.kind is _Kind.ANSWER


SETTING = "lock the cell that sets it"
NOTED = "noted in the source"


def steps_of(
    cells: Sequence[Cell],
    hidden: Collection[str],
    in_process: Collection[str],
    insisted: Collection[str],
) -> list[Step]:
    """What the test runner does at each cell of a source.

    Args:
        cells: of the source's notebook.
        hidden: grade ids of tests of which learners see only a part.
        in_process: grade ids of tests of which the course says that they run in-process.
        insisted: those whose own metadata says that they are isolated, whatever is found.
    """
    told = dict.fromkeys(in_process, NOTED)
    while True:
        reader = _Reader(cells, insisted, told, hidden)
        steps = [
            reader.step(index) if _is_run(cell) else Step() for index, cell in enumerate(cells)
        ]
        if not (more := _set_for_others(cells, steps)):
            break
        told |= more
    if any(
        cell.role is Role.TEST and not step.reason for cell, step in zip(cells, steps, strict=True)
    ):
        _leave_out(cells, steps)
    else:
        for step in steps:
            step.replay, step.imports = "", ()
    return steps


def _is_run(cell: Cell) -> bool:
    return cell.is_code and cell.role is not Role.SHOWN and cell.decision is None


def _set_for_others(cells: Sequence[Cell], steps: Sequence[Step]) -> dict[str, str]:
    """Isolated tests that set what one behind them reads, which runs in-process: so they have to,
    too. By their grade ids, with the reason."""
    found: dict[str, str] = {}
    set_by: dict[str, str] = {}
    for cell, step in zip(cells, steps, strict=True):
        bound = set[str]()
        for statement in statements_of(cell.source) if _is_run(cell) else ():
            if step.reason:
                for name in sorted(set_by.keys() & statement.reads - bound):
                    reason = f"it sets {name}, which the test {cell.name!r} reads in-process"
                    found.setdefault(set_by[name], reason)
            bound |= statement.binds
            for name in statement.binds:
                if cell.role is not Role.TEST or step.reason:
                    set_by.pop(name, None)
                elif name not in statement.imports:
                    set_by[name] = cell.name
    return found


def _leave_out(cells: Sequence[Cell], steps: Sequence[Step]) -> None:
    """Replay no open cell of which isolated tests can see nothing: it may only show something, and
    take long for it. The same goes for in-process tests."""
    wanted = set[str]()
    for cell, step in zip(reversed(cells), reversed(steps), strict=True):
        statements = statements_of(step.replay) if step.replay else ()
        makes = frozenset[str]().union(
            *(s.binds | s.changes for s in statements), *(n for s in statements for _, n in s.calls)
        )
        is_open = cell.role is Role.OPEN or (cell.role is Role.TEST and bool(step.reason))
        if is_open and makes.isdisjoint(wanted) and not _always_counts(statements):
            step.replay = ""
            continue
        wanted = wanted.union(*(s.reads | s.builtins for s in statements))


def _always_counts(statements: Iterable[Statement]) -> bool:
    """Whether what a cell does can't be told by names: `import *`, `exec`, `sys.path`, classes."""
    for statement in statements:
        is_star = isinstance(statement.tree, ast.ImportFrom) and not statement.imports - {"*"}
        is_class = isinstance(statement.tree, ast.ClassDef)
        if is_star or is_class or "sys" in statement.changes or _RUNS_TEXT & statement.builtins:
            return True
    return False


def _read_by_functions(code: Iterable[Cell]) -> frozenset[str]:
    """Names that functions of answers read when they are called, or what they call does."""
    own: dict[str, frozenset[str]] = {}
    waiting = list[str]()
    for cell in code:
        for statement in statements_of(cell.source):
            if cell.role is Role.ANSWER and statement.defers:
                waiting += statement.reads
            elif statement.is_definition:
                own |= dict.fromkeys(statement.binds, statement.reads)
    found = set[str]()
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += own.get(name, ())
    return frozenset(found)


def _setting(statement: Statement, cell: Cell) -> str:
    """Why what learners may set in an open cell can't be had from its text, with a place for the
    name; nothing for what is worked out, imported or defined there."""
    match statement.tree:
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            if isinstance(value, ast.List | ast.Dict | ast.Tuple) and not [*ast.walk(value)][2:]:
                return ""  # to be filled
            reads = (
                ast.Name,
                ast.Call,
                ast.Lambda,
                ast.Attribute,
                ast.NamedExpr,
                ast.comprehension,
            )
            if not any(isinstance(node, reads) for node in ast.walk(value)):
                return f"it reads {{}}, which learners may set in the open cell {_name_of(cell)!r}"
    return ""


def _imports_in(statement: Statement) -> list[str]:
    kinds = (ast.Import, ast.ImportFrom)
    return [ast.unparse(node) for node in run_in(statement.tree) if isinstance(node, kinds)]


def _name_of(cell: Cell) -> str:
    return str(cell.grade_id or cell.content.get("id", ""))


def _sets_part(statement: Statement) -> bool:
    return any(
        isinstance(node, ast.Attribute | ast.Subscript)
        and isinstance(node.ctx, ast.Store | ast.Del)
        for node in run_in(statement.tree)
    )


def _does(statement: Statement) -> bool:
    """Whether it is more than what stands for a solution that is not written."""
    match statement.tree:
        case ast.Pass() | ast.Raise() | ast.Expr(value=ast.Constant()):
            return False
    return True


def in_process(cells: Sequence[Cell], steps: Sequence[Step]) -> dict[str, Step]:
    """The tests that run in-process, by their grade ids."""
    pairs = zip(cells, steps, strict=True)
    return {cell.name: step for cell, step in pairs if cell.role is Role.TEST and step.reason}
