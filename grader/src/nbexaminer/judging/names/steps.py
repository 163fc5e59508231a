"""Which tests can be isolated, and what the test runner replays for them; nothing is run.

The rule: the test runner replays the source's notebook, cell by cell and in order, as a kernel
would. What is no answer it runs from the source's own text. Of an answer cell it has what the
answer process defined: proxies, and copies of plain values. Nothing of a learner's gets in
otherwise.

A test for which that isn't what a kernel would show runs in-process ("beside alone" to instructors;
"apart" is isolated, "beside" in-process). That is decided here, from the source's text alone,
before anything is graded. Its cells are read in order, and of each name is
kept what is known of it so far:

    name ──▶ Fact  answers   names of answers that it is, or that it was made of
                   later     names that it reads when it is called, to be looked up then
                   reason    why a test that reads it can't be isolated
                   kind      answer, import, definition or value

A value takes over answers and reasons of all that the statement reads which makes or changes it.
"""

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from nbexaminer.judging.names.names import bound_names, names_used
from nbexaminer.judging.names.reasons import cannot_be_isolated
from nbexaminer.judging.names.statements import (
    Statement,
    is_quiet,
    python_of,
    root_of,
    run_in,
    statements_of,
)
from nbexaminer.judging.notebook.cell import Cell, Role
from nbexaminer.judging.notebook.source import Source

_BUILTINS = frozenset(dir(builtins))
_RUNS_TEXT = frozenset({"exec", "eval"})
_CHANGING = frozenset({"exec", "filter", "map", "next", "setattr"})
_CHANGING_METHODS = {name for kind in (list, dict, set) for name in dir(kind)} - {
    name for kind in (tuple, MappingProxyType, frozenset) for name in dir(kind)
}
_OF_NAMES = (ast.Name, ast.Tuple, ast.List, ast.Starred, ast.expr_context)
_WORKED_OUT = (ast.Name, ast.Call, ast.Lambda, ast.Attribute, ast.NamedExpr, ast.comprehension)
NOTED = "noted in the source"
LOCK = "lock the cell that sets it, or say what it is in the test"


@dataclass
class Step:
    """What the test runner does at one cell of the source.

    replay: the Python that it runs there; nothing where no isolated test can see that.
    defines: of an answer cell, the names that are the answer process's from here on.
    may_define: of one that isn't written in the source, those that it has if nobody else has them.
    imports: of an answer cell, or a test in-process, what it imports: the test runner does, too.
    answers: names of answers that may be read here, to be had from the answer process before.
    makes: of a given cell, names that it sets or may change.
    asks: of a test, whether its last line only asks an answer for something, such as `f(2)`.
    hidden: of a test, whether learners must not hear of it: it is hidden, or reads what one sets.
    reason: of a test, why it runs in-process, in words; nothing where it is isolated.
    carried: of a test, names that it may read and that tests before have set or changed.
    runs_again: of an isolated test, whether it runs once more in a second answer process, in which
        the notebook runs as learners have it.
    stands_alone: whether what learners see of it can run without what they don't see.
    is_late: of one in-process that isn't hidden, whether it runs there, and not in the first: it
        stands behind one that runs again, whose doing it is to see.
    advice: how the source could be put so that it is isolated, or nothing.
    """

    replay: str = ""
    defines: tuple[str, ...] = ()
    may_define: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    asks: bool = False
    hidden: bool = False
    reason: str = ""
    advice: str = ""
    carried: tuple[str, ...] = ()
    runs_again: bool = False
    stands_alone: bool = True
    is_late: bool = False


class _Kind(StrEnum):
    ANSWER = "answer"
    IMPORT = "import"
    DEFINITION = "definition"
    VALUE = "value"


@dataclass(frozen=True)
class _Fact:
    kind: _Kind = _Kind.VALUE
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


_NO_FACT = _Fact()


@dataclass
class _Reader:
    """Reads the cells of one source in order; see the head of this module."""

    cells: Sequence[Cell]
    insisted: Collection[str]
    in_process: Collection[str]
    hidden: Collection[str]
    facts: dict[str, _Fact] = field(default_factory=dict)
    hidden_names: set[str] = field(default_factory=set)
    by_tests: set[str] = field(default_factory=set)
    """What tests so far may have changed that they have not set."""
    of_tests: set[str] = field(default_factory=set)
    """What they have set."""
    is_behind: bool = False
    """Whether a test so far runs a second time."""

    def __post_init__(self) -> None:
        code = [cell for cell in self.cells if cell.is_code]
        others = [s for c in code if c.role is not Role.ANSWER for s in statements_of(c.source)]
        said = _union(bound_names(cell.source) for cell in code)
        self.free = _union(s.reads for s in others) - said - _BUILTINS
        """What no cell says how it defines it."""
        self.deferred = _read_by_functions(code)

    def step(self, index: int) -> Step:
        """What is done at a cell; those before it have been read."""
        match self.cells[index].role:
            case Role.ANSWER:
                return self._answer(self.cells[index])
            case Role.TEST:
                return self._test(index)
            case _:
                return self._given(self.cells[index])

    def _answer(self, cell: Cell) -> Step:
        statements = statements_of(cell.source)
        for name in _union(s.imports for s in statements):
            self.facts[name] = _Fact(_Kind.IMPORT, frozenset({name}))
        changed = {n for s in statements for n in s.changes if self._is(n, _Kind.VALUE)}
        defines = changed | _union((s.binds - s.imports) | s.globals for s in statements)
        free = self.free - defines if not any(map(_does, statements)) else frozenset[str]()
        for name in defines | free:
            self.facts[name] = _Fact(_Kind.ANSWER, frozenset({name}))
        imports = tuple(text for s in statements for text in _imports_in(s))
        return Step(defines=tuple(sorted(defines)), may_define=tuple(sorted(free)), imports=imports)

    def _given(self, cell: Cell) -> Step:
        answers, makes = self._run_by_text(cell.source), frozenset[str]()
        for statement in statements_of(cell.source):
            known = self._known(statement)
            answers |= known.answers
            makes |= statement.binds | self._changed(statement)
            self._note(statement, known, cell if cell.role is Role.OPEN else None)
        # What is no Python ends there as in a kernel, and is told so.
        text = python_of(cell.source) or cell.source
        return Step(text, answers=tuple(sorted(answers)), makes=tuple(sorted(makes)))

    def _test(self, index: int) -> Step:
        cell, before = self.cells[index], dict(self.facts)
        answers = [c for c in self.cells[index:] if c.role is Role.ANSWER and c.is_code]
        read = self.deferred | _union(s.reads for c in answers for s in statements_of(c.source))
        found = _Fact(answers=self._run_by_text(cell.source))
        hidden, bound = cell.name in self.hidden, set[str]()
        carried, by_itself = set[str](), set[str]()
        reads = set[str]()
        for statement in statements_of(cell.source):
            known = self._known(statement).with_all_of(_Fact(reason=self._sets(statement, read)))
            found = found.with_all_of(known)
            reads |= self._reached(statement.reads - bound)
            carried |= reads & self.by_tests
            # What is passed to an answer is a copy.
            by_itself |= self._changed(statement, by_answers=False) - bound
            bound |= statement.binds
            self._note(statement, known)
        reads_hidden = not self.hidden_names.isdisjoint(reads)
        hidden = hidden or reads_hidden
        self.by_tests |= {n for n in by_itself - self.of_tests if self._is(n, _Kind.VALUE)}
        self.of_tests |= bound
        if hidden:
            own = {n for n in by_itself if self._is(n, _Kind.VALUE)}
            direct = _union(s.changes for s in statements_of(cell.source))
            self.hidden_names |= bound | own | {n for n in direct if not self._is(n, _Kind.IMPORT)}
        step = Step(
            cell.source, answers=tuple(sorted(found.answers)), asks=self._asks(cell.source),
            carried=tuple(sorted(carried)), hidden=hidden,
            stands_alone=not reads_hidden,
            reason=NOTED if cell.name in self.in_process else "",
        )  # fmt: skip
        if found.reason and not step.reason and cell.name not in self.insisted:
            step.reason, step.advice = found.reason, found.advice
        # One that its author noted may be replayed all the same, for what it defines.
        is_replayed = step.reason == NOTED and not (found.reason or hidden)
        if step.reason and not is_replayed:
            self.facts, step.replay = before, ""
            step.imports = self._note_in_process(cell)
        step.runs_again = not (step.reason or cell.name in self.insisted)
        self.is_behind = self.is_behind or step.runs_again
        step.is_late = bool(step.reason) and self.is_behind and not hidden
        return step

    def _note_in_process(self, cell: Cell) -> tuple[str, ...]:
        """What such a test makes or changes is the answer process's, whose word isn't taken; gives
        what it imports, which the test runner imports, too."""
        for statement in statements_of(cell.source):
            self.facts.update(dict.fromkeys(statement.imports, _Fact(_Kind.IMPORT)))
            changed = {n for n in self._changed(statement) if self._is(n, _Kind.VALUE)}
            for name in (statement.binds - statement.imports) | changed:
                made = f"which the test {cell.name!r} makes or changes in-process"
                known = self.facts.get(name, _NO_FACT)
                self.facts[name] = _Fact(answers=known.answers, reason=f"it reads {name}, {made}")
        return tuple(text for s in statements_of(cell.source) for text in _imports_in(s))

    def _is(self, name: str, kind: _Kind) -> bool:
        return name in self.facts and self.facts[name].kind is kind

    def _reached(self, names: Iterable[str]) -> set[str]:
        """These names, and what they read later, as far as something is known of it."""
        seen, waiting = set[str](), [*names]
        while waiting:
            name = waiting.pop()
            if name not in seen and name in self.facts:
                seen.add(name)
                waiting += self.facts[name].later
        return seen

    def _known(self, statement: Statement) -> _Fact:
        """What is known of what a statement reads, and of itself."""
        found = _Fact(reason=self._cannot_be_isolated(statement))
        for name in sorted(statement.builtins):
            if self._is(name, _Kind.ANSWER):
                reason = f"{name} is Python's own, and an answer defines it, too"
                found = found.with_all_of(_Fact(reason=reason))
        for name in sorted(self._reached(statement.reads)):
            found = found.with_all_of(self.facts[name])
        if any(self.facts[name].answers for name in self._reached(statement.runs)):
            found = found.with_all_of(_Fact(reason="it runs a text that an answer gives"))
        return found

    def _cannot_be_isolated(self, statement: Statement) -> str:
        imported = {n for n in statement.reads if self._is(n, _Kind.IMPORT)}
        return cannot_be_isolated(statement.tree, imported)

    def _note(self, statement: Statement, known: _Fact, open_cell: Cell | None = None) -> None:
        """Keep what a statement that the test runner runs does to names."""
        for name in statement.binds:
            if name in statement.imports:
                fact = _Fact(_Kind.IMPORT)
            elif statement.is_definition:
                reason = self._cannot_be_isolated(statement)
                read = statement.reads | statement.globals
                fact = _Fact(_Kind.DEFINITION, later=read, reason=reason)
            else:
                is_kept = statement.defers
                later = {n for n in statement.reads if is_kept or self._is(n, _Kind.DEFINITION)}
                fact = replace(known, kind=_Kind.VALUE, later=frozenset(later))
                if open_cell is not None and not known.reason and _is_setting(statement.tree):
                    where = str(open_cell.grade_id or open_cell.content.get("id", ""))
                    reason = f"it reads {name}, which learners may set in the open cell {where!r}"
                    fact = replace(fact, reason=reason, advice=LOCK)
            if statement.may_skip and name in self.facts:
                fact = fact.with_all_of(self.facts[name])
            self.facts[name] = fact
        for name in self._changed(statement) - statement.binds:
            if self._is(name, _Kind.VALUE):
                self.facts[name] = self.facts[name].with_all_of(replace(known, kind=_Kind.VALUE))

    def _changed(self, statement: Statement, by_answers: bool = True) -> frozenset[str]:
        """Names of values of which a statement may change a part: by itself, by their methods, or
        by a function of the source's or an answer that is passed them or reads them."""
        changed = statement.changes
        for callee, passed in statement.calls:
            fact = self.facts.get(callee, _NO_FACT)
            is_answers = bool(fact.answers) and fact.kind is not _Kind.IMPORT
            if is_answers and not by_answers:
                continue
            if callee in self.facts and fact.kind is not _Kind.IMPORT:
                read = {n for n in self._reached({callee}) if self._is(n, _Kind.VALUE)}
                changed |= passed | {callee} | read
            elif callee in _CHANGING:
                changed |= passed
        return changed

    def _all_answers(self) -> frozenset[str]:
        """Names of answers."""
        return frozenset(name for name in self.facts if self._is(name, _Kind.ANSWER))

    def _sets(self, statement: Statement, read: Collection[str]) -> str:
        """In words, what a test sets or deletes for others than itself, or nothing."""
        for name in sorted(statement.binds):
            if name in statement.deletes and self._is(name, _Kind.ANSWER):
                return f"it deletes {name}, which an answer defines"
            if name in read and name not in statement.imports:
                return f"it sets {name}, which an answer reads"
            if name in _BUILTINS and name not in self.facts:
                return f"it replaces {name}, which is Python's own"
        for name in sorted(statement.sets):
            if self._is(name, _Kind.IMPORT):
                return f"it sets a part of {name}, which answers may use"
        return ""

    def _run_by_text(self, code: str) -> frozenset[str]:
        """All answers, where a cell runs a text, which may read any of them."""
        if not any(_RUNS_TEXT & s.builtins for s in statements_of(code)):
            return frozenset()
        return self._all_answers()

    def _asks(self, code: str) -> bool:
        """Whether a test's last line only calls, indexes or names what is an answer's."""
        last = statements_of(code)[-1:]
        if not last or not isinstance(last[0].tree, ast.Expr) or is_quiet(code):
            return False
        return self._is(root_of(last[0].tree.value), _Kind.ANSWER)


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
        insisted: those of which it says that they are isolated alone, whatever is found.
    """
    reader = _Reader(cells, insisted, in_process, hidden)
    steps = [reader.step(index) if _is_run(cell) else Step() for index, cell in enumerate(cells)]
    _leave_out(cells, steps)
    return steps


def in_process(cells: Sequence[Cell], steps: Sequence[Step]) -> dict[str, Step]:
    """The tests that run in-process, by their grade ids."""
    pairs = zip(cells, steps, strict=True)
    return {cell.name: step for cell, step in pairs if cell.role is Role.TEST and step.reason}


def seen_of(source: Source, place: int) -> str:
    """What learners see of a cell, where that can run without the rest: no rest defines a name that
    it reads, or belongs to one of its statements."""
    whole, seen = source.cells[place].source, source.released[place]
    if seen == whole:
        return seen
    is_whole = python_of(seen) is not None
    missing = (bound_names(whole) - bound_names(seen)) & names_used(seen)
    return seen.strip() if is_whole and not missing else ""


def lent_to(read: Collection[str], seen: str) -> str:
    """What of an isolated test runs with the answers behind it, which read these names: what it
    imports, and values that are written there. In a kernel they find both. What the test changes
    later isn't lent, as far as its text says so: they would go on with a value from before.

    seen: what learners see of it.
    """
    statements = statements_of(seen) if read else ()
    imported = _union(statement.imports for statement in statements)
    lent, changed = list[str](), set[str]()
    for statement in reversed(statements):
        text = _written_in(statement.tree)
        if not text or not statement.binds.isdisjoint(changed):
            changed |= statement.binds | {*_changed_in(statement.tree)} - imported
        elif not statement.binds.isdisjoint(read):
            lent.insert(0, text)
    return "\n".join(lent)


def _written_in(tree: ast.stmt) -> str:
    """An import, or what sets names alone to a value that is written there; otherwise nothing."""
    match tree:
        case ast.Import() | ast.ImportFrom():
            return ast.unparse(tree)
        case ast.Assign(targets=targets, value=value):
            pass
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            targets = [target]  # without its type, which answers may not have
        case _:
            return ""
    is_named = all(isinstance(n, _OF_NAMES) for target in targets for n in ast.walk(target))
    is_written = not any(isinstance(node, _WORKED_OUT) for node in ast.walk(value))
    return " = ".join(map(ast.unparse, [*targets, value])) if is_named and is_written else ""


def _changed_in(tree: ast.stmt) -> Iterator[str]:
    """Names of which it, or a function in it, changes an item, calls a method that changes lists,
    dicts or sets, or says that they are global."""
    for node in ast.walk(tree):
        match node:
            case ast.Global(names=names):
                yield from names
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                yield root_of(node)
            case ast.Call(func=ast.Attribute(attr=method)) if method in _CHANGING_METHODS:
                yield root_of(node)


def _leave_out(cells: Sequence[Cell], steps: Sequence[Step]) -> None:
    """Replay no open cell of which isolated tests can see nothing: it may only show something, and
    take long for it. The same goes for in-process tests."""
    pairs = [*zip(cells, steps, strict=True)]
    every = [s for cell in cells if _is_run(cell) for s in statements_of(cell.source)]
    defined = _union(s.binds for s in every if s.is_definition)
    wanted = {*_union(s.reads | s.builtins for s in every if s.defers)}
    is_any = any(cell.role is Role.TEST and not step.reason for cell, step in pairs)
    for cell, step in reversed(pairs):
        statements = statements_of(step.replay) if step.replay else ()
        makes = _union(s.binds | s.changes | _union(n for _, n in s.calls) for s in statements)
        calls = {name for s in statements for name, _ in s.calls} & defined
        counts = bool(calls) or any(map(_always_counts, statements))
        is_left_out = cell.role is Role.OPEN or (cell.role is Role.TEST and bool(step.reason))
        if is_left_out and makes.isdisjoint(wanted) and not counts:
            step.replay = ""
        elif not is_any:
            step.replay, step.imports = "", ()
        else:
            wanted |= _union(s.reads | s.builtins for s in statements)


def _always_counts(statement: Statement) -> bool:
    """Whether what it does can't be told by names: `import *`, `exec`, `sys.path`, classes."""
    is_star = isinstance(statement.tree, ast.ImportFrom) and not statement.imports
    is_class = isinstance(statement.tree, ast.ClassDef)
    is_decorated = bool(getattr(statement.tree, "decorator_list", ()))
    is_open = bool(_RUNS_TEXT & statement.builtins) or "sys" in statement.changes
    return is_star or is_class or is_decorated or is_open


def _read_by_functions(code: Iterable[Cell]) -> frozenset[str]:
    """Names that functions of answers read when they are called, or what they call does."""
    own: dict[str, frozenset[str]] = {}
    waiting, found = list[str](), set[str]()
    for cell in code:
        for statement in statements_of(cell.source):
            if cell.role is Role.ANSWER and statement.defers:
                waiting += statement.reads
            elif statement.is_definition:
                own |= dict.fromkeys(statement.binds, statement.reads)
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += own.get(name, ())
    return frozenset(found)


def _is_run(cell: Cell) -> bool:
    return cell.is_code and cell.role is not Role.SHOWN and cell.decision is None


def _is_setting(tree: ast.stmt) -> bool:
    """Whether learners may set what it assigns: it is written there, not worked out, nor empty and
    to be filled."""
    match tree:
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            inner = [*ast.walk(value)]
            is_empty = isinstance(value, ast.List | ast.Dict | ast.Tuple) and not inner[2:]
            return not is_empty and not any(isinstance(node, _WORKED_OUT) for node in inner)
    return False


def _imports_in(statement: Statement) -> list[str]:
    kinds = (ast.Import, ast.ImportFrom)
    return [ast.unparse(node) for node in run_in(statement.tree) if isinstance(node, kinds)]


def _does(statement: Statement) -> bool:
    """Whether it is more than what stands for a solution that is not written."""
    match statement.tree:
        case ast.Pass() | ast.Raise() | ast.Expr(value=ast.Constant()):
            return False
    return True


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)
