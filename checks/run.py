"""One run of a notebook: what it has called, what failed, and how far the learner is.

The exercises' checks never change; all that changes while they are called is in here.
"""

from __future__ import annotations

import contextlib
import dis
import types
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from checks.compare import discreetly
from checks.kernel import Cells, explain_errors, grow_package, offer_score, shell

MOST_CALLS = 12
"""How many earlier calls of an answer a mistake is held against."""
BLAMED = "your "
"""How a cause begins that lies in another answer."""
_READS = ("LOAD_GLOBAL", "LOAD_NAME")


class ExerciseLike(Protocol):
    """What a run has to know of its exercise, a `check.Exercise`."""

    @property
    def name(self) -> str: ...
    @property
    def answers(self) -> Sequence[str]: ...
    @property
    def cases(self) -> Mapping[str, Mapping[str, Callable[..., Any]]]: ...


@dataclass(frozen=True)
class Call:
    """One call of an answer: the arguments, what came back and what should have."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    tolerance: float | None
    expected: Any
    got: Any


@dataclass(eq=False)
class Run:
    """How an exercise's answers do in one run of its notebook.

    Args:
        exercise: the exercise.
        kernel: the shell of the learner's kernel that runs it, to be told of each cell; None
            elsewhere.

    Attributes:
        done: answers whose visible tests have passed.
        failed: answers of which a test has failed since, each with an implementation of the mistake
            that explains it, where one does.
        phrase: of the contract: what the hidden case that is running is about.
        changed: what to say where the latest call has changed one of its arguments.
        in_lesson: whether it is about a lesson's lines, whose first cell has run and imports less.
    """

    exercise: ExerciseLike
    kernel: Any = None
    done: set[str] = field(default_factory=set)
    failed: dict[str, Any] = field(default_factory=dict)
    phrase: str = ""
    changed: str = ""
    in_lesson: bool = False
    _calls: dict[object, tuple[Any, deque[Call]]] = field(default_factory=dict)
    _cells: Cells = field(init=False)

    def __post_init__(self) -> None:
        self._cells = Cells(tuple(self.exercise.answers), self.kernel)
        if self.kernel is not None:
            self.kernel.events.register("pre_run_cell", lambda info: self._cells.begin())
            self.kernel.events.register("post_run_cell", self._cell_has_run)
            explain_errors(self.kernel, self._cells.misspelt)

    def waiting(self, name: str) -> None:
        """Say in a learner's kernel that hidden tests of `name` are still to come, and how to run
        them, with a button for it. When graded, where they come at once, it says nothing."""
        if self.kernel is not None:
            print(f"○ {name}: hidden tests decide too: `make score EXERCISE={self.exercise.name}`")
            offer_score(self.exercise.name)

    def hidden_tests(self, name: str, answer: Any, *given: Any) -> None:
        """Run the hidden cases of `name`. Raises WrongAnswer with the first that fails."""
        try:
            with discreetly():
                for phrase, case in self.exercise.cases[name].items():
                    self.phrase = phrase
                    case(answer, *given)
        finally:
            self.phrase = ""

    def passed(self, name: str) -> None:
        """Note that the visible tests of `name` passed; in a learner's kernel, print how far it is.

        Where work is graded, nobody is under way any more.
        """
        self.failed.pop(name, None)
        if shell() is None:
            self.done.add(name)
            return
        self._cells.warn(name)
        if name in self._cells.older:
            print(f"✓ {name}: the visible tests pass, for what the cell defined before.")
        else:
            self.done.add(name)
            self._cells.note_passed(name)
            print(f"✓ {name}: the visible tests pass.")
        self._cells.show(self._progress(), self.exercise.name)
        if self.done == {*self.exercise.answers}:
            grow_package(self.exercise.name, self.done, self._cells.texts())

    def note_failure(self, name: str, mistake: Any = None) -> None:
        """An answer's test has failed, by a mistake of which this is an implementation."""
        self.done.discard(name)
        self.failed[name] = mistake
        self._cells.update(self._progress(), self.exercise.name)

    def warn(self, answer: Any, name: str) -> None:
        """Say it in a learner's kernel where `name`, or what its answer calls, is an older one."""
        if self._cells.older:
            for older in {*self.exercise.answers} & {name, *names_used(answer)}:
                self._cells.warn(older)

    def misspelt(self, name: str) -> str:
        """What to say in a learner's kernel where a cell defines another name instead of `name`."""
        return self._cells.misspelt(name)

    def blamed(self, name: str, answer: Any) -> list[str]:
        """Failing answers of the learner's that this one calls, in the order of the exercise."""
        others = self.failed.keys() - {name}
        used = others and others & names_used(answer)
        return [one for one in self.exercise.answers if one in used]

    @staticmethod
    def blame(name: str, alone: bool = False) -> str:
        """That another answer fails; `alone`, where that explains all that has come back."""
        right = ", and nothing else is wrong here so far" if alone else ""
        return (
            f"{BLAMED}{name}, which this answer calls, fails its own tests{right}: "
            "get that one right first"
        )

    def forgives(self, name: str, cause: str) -> bool:
        """Whether all that is wrong with `name` is another answer, which has lost its own points.

        Hidden tests then give the points for `name`; visible ones say what to mend first.
        """
        alone = cause in {self.blame(other, alone=True) for other in self.failed}
        if alone:
            self.failed.pop(name, None)
        return alone

    def calls(self, check: object, answer: Any) -> deque[Call]:
        """The latest calls of this very answer, which a redefined one starts anew."""
        # A remote proxy for an answer in another process says which one it is.
        told = getattr(answer, "answer_", None)
        this = told if isinstance(told, str) and told else answer
        called, calls = self._calls.get(check, (None, None))
        alike = isinstance(this, str) and this == called
        if calls is None or (this is not called and not alike):
            calls = deque(maxlen=MOST_CALLS)
            self._calls[check] = this, calls
        return calls

    def _cell_has_run(self, result: Any) -> None:
        self._cells.end(result)
        self.done -= self._cells.changed()
        for name in self._cells.anew:
            self.failed.pop(name, None)  # its new code has not failed
        self._cells.update(self._progress(), self.exercise.name)

    def _progress(self) -> str:
        """A bar of all answers, and how many are done."""
        answers = self.exercise.answers
        bar = " ".join(f"{'■' if n in self.done else '□'} {n}" for n in answers)
        told = f"The tests that you see pass for {len(self.done)} of {len(answers)} answers."
        return f"{bar}\n{told} Hidden tests decide on more points."


_runs: dict[ExerciseLike, Run] = {}


def run_of(exercise: ExerciseLike) -> Run:
    """The run of an exercise in this process, which begins when it is first asked for."""
    if exercise not in _runs:
        _runs[exercise] = Run(exercise, shell())
    return _runs[exercise]


@contextlib.contextmanager
def aside(exercise: ExerciseLike) -> Iterator[None]:
    """Let tests of an exercise run on their own: no kernel is told, and nothing is kept."""
    before = _runs.get(exercise)
    _runs[exercise] = Run(exercise)
    try:
        yield
    finally:
        del _runs[exercise]
        if before is not None:
            _runs[exercise] = before


def for_test_cells(exercise: ExerciseLike) -> Callable[[str], Any]:
    """What a module with an exercise's checks has as its `__getattr__`.

    By it test cells import `passed`, `waiting` and `hidden_tests` of the run that they are part
    of. The first such import begins the run, so that a kernel can tell what a test cell lacks
    that comes to no check; importing the module itself does nothing.
    """

    def found(name: str) -> Any:
        if name in ("passed", "waiting", "hidden_tests"):
            return getattr(run_of(exercise), name)
        raise AttributeError(f"the checks of {exercise.name} have no {name!r}")

    return found


def names_used(answer: Any) -> frozenset[str]:
    """Global names that an answer's code mentions, those of helpers beside it included.

    A remote proxy for an answer in another process says so itself, as `names_used_`.
    """
    told = getattr(answer, "names_used_", None)
    if isinstance(told, frozenset):
        return told
    used: set[str] = set()
    todo = [v for v in vars(answer).values()] if isinstance(answer, type) else [answer]
    while todo:
        item = todo.pop()
        code = item if isinstance(item, types.CodeType) else getattr(item, "__code__", None)
        if not isinstance(code, types.CodeType):
            continue
        todo += [c for c in code.co_consts if isinstance(c, types.CodeType)]
        beside = getattr(item, "__globals__", {})
        globals_read = {i.argval for i in dis.get_instructions(code) if i.opname in _READS}
        for name in globals_read - used:
            used.add(name)
            if isinstance(helper := beside.get(name), types.FunctionType):
                todo.append(helper)
            elif isinstance(helper, type) and helper.__module__ == "__main__":
                todo += vars(helper).values()
    return frozenset(used)
