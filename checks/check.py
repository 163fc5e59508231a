"""A check calls a learner's answer, compares what comes back, and says what went wrong.

It works alike on a function in this process and on a stand-in for one in another: it calls, and
looks at the tensors and plain values that come back.
"""

from __future__ import annotations

import dis
import inspect
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import torch

from checks.compare import (
    FEW_VALUES,
    Raised,
    attempt,
    describe,
    difference,
    discreetly,
    numbers,
    same,
)
from checks.kernel import Cells, explain_errors, shell
from checks.message import NOT_WRITTEN, WrongAnswer
from checks.mistakes import Edit, Mistake, Rewrite, Seen, Text, Wrong, edits

MOST_CAUSES = 2
"""How many mistakes that explain a result equally well are named."""
MOST_CALLS = 12
"""How many earlier calls of an answer a mistake is held against."""
MOST_SAID = 300
"""Characters in which a whole dict that came back is told."""
BLAMED = "your "
"""How a cause begins that lies in another answer."""


@dataclass(frozen=True)
class Call:
    """One call of an answer: the arguments, what came back and what should have."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    tolerance: float | None
    expected: Any
    got: Any


@dataclass
class Check:
    """One answer of an exercise: how to call it, what is right, and what often goes wrong.

    Calling a check as `check(answer, *args, **kwargs)` raises `WrongAnswer` unless the answer
    gives what the reference gives; it returns what the answer gave.

    Args:
        exercise: the exercise it belongs to.
        name: the contract's name.
        reference: the right answer.
        expects: what should come back, in words.
        arguments: names of the positional arguments, for messages; those of the reference unless
            given.
        wrong: known misconceptions as edits, the most usual first.
        mistakes: others.
        seen: messages, each with what can be seen of a result (see `Seen`), the surest first.
        text: what the edits among them are edits of: functions or classes, the last one a right
            answer, the others what it calls. The reference unless given.
        parts: names of the results where there are several.
        procedure: how to get a comparable result out of an answer, called as
            `procedure(answer, *args, **kwargs)`; calls the answer unless given. The reference
            and the implementations of the mistakes go through it too.
    """

    exercise: Exercise
    name: str
    reference: Any
    expects: str
    arguments: Sequence[str] | None = None
    wrong: Wrong = field(default_factory=dict)
    mistakes: Sequence[Mistake] = ()
    seen: Mapping[str, Callable[..., bool]] = field(default_factory=dict)
    text: Sequence[Any] = ()
    parts: Sequence[str] = ()
    procedure: Callable[..., Any] | None = None
    _calls: list[Call] = field(default_factory=list)
    _called: Any = None

    def __post_init__(self) -> None:
        if self.arguments is None:
            self.arguments = tuple(inspect.signature(self.reference).parameters)
        looks = (Seen(message, when) for message, when in self.seen.items())
        self.mistakes = (*edits(self.wrong), *self.mistakes, *looks)

    def __call__(
        self,
        answer: Any,
        *args: Any,
        expected: Any = None,
        tolerance: float | None = None,
        **kwargs: Any,
    ) -> Any:
        self.exercise.warn(answer, self.name)
        if expected is None:
            expected = self._run(self.reference, args, kwargs)
        got = self._run(answer, args, kwargs)
        said = difference(got, expected, tolerance=tolerance, parts=self.parts)
        call = Call(_fresh(args), _fresh(kwargs), tolerance, expected, got)
        earlier = self._earlier(answer)
        if said is None:
            self._calls = [*earlier, call][-MOST_CALLS:]
            return got
        self.exercise.note_failure(self.name)
        causes = [*self.exercise.blamed(self.name, answer), *self._causes(call, earlier)]
        self._calls = [*earlier, call][-MOST_CALLS:]
        cause = "; or: ".join(causes[: MOST_CAUSES + 1])
        raise self._wrong(args, kwargs, got, self.expects, cause, said, expected) from None

    def raises(self, answer: Any, error: type[Exception], *args: Any, says: Iterable[str], why: str,
               **kwargs: Any) -> None:  # fmt: skip
        """Check that the answer refuses bad input.

        Args:
            error: the exception that the contract names.
            says: words of which the message must hold one, in capitals or not: the argument, or
                its value.
            why: what is wrong with the input, in words.
        """
        self.exercise.warn(answer, self.name)
        got = self._run(answer, args, kwargs)
        refused = isinstance(got, Raised) and error.__name__ in got.kinds
        if refused and any(word.lower() in got.message.lower() for word in says):
            return
        self.exercise.note_failure(self.name)
        cause = ""
        if not isinstance(got, Raised):
            cause = (
                f"bad input is not refused: check for it first and raise {error.__name__} with a "
                "message that says which argument is wrong"
            )
        elif refused:
            cause = (
                f"the message does not say which argument is wrong: name one of {', '.join(says)}"
            )
        elif not got.of_the_keyboard:
            cause = f"the input is refused, but with {got.told} instead of {error.__name__}"
        raise self._wrong(args, kwargs, got, f"a {error.__name__}, since {why}", cause)

    @cached_property
    def implementations(self) -> list[tuple[Edit | Rewrite, Any]]:
        """The mistakes that are implementations, with these.

        Raises ValueError where it is not clear which text of the reference an edit replaces.
        """
        found: list[tuple[Edit | Rewrite, Any]] = []
        for mistake in self.mistakes:
            if isinstance(mistake, Edit):
                found.append((mistake, self.plain.edited(mistake.way)))
            elif isinstance(mistake, Rewrite):
                found.append((mistake, mistake.wrong))
        return found

    @cached_property
    def plain(self) -> Text:
        """What the edits are edits of."""
        return Text(*(self.text or (self.reference,)))

    def _run(self, answer: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        fresh_args, fresh_kwargs = _fresh(tuple(args)), _fresh(dict(kwargs))
        if self.procedure is None:
            return attempt(partial(answer, *fresh_args, **fresh_kwargs))
        return attempt(partial(self.procedure, answer, *fresh_args, **fresh_kwargs))

    def _earlier(self, answer: Any) -> list[Call]:
        """The calls of this very answer, which a redefined one starts anew."""
        # A stand-in for an answer in another process says which one it is.
        told = getattr(answer, "answer_", None)
        this = told if isinstance(told, str) and told else answer
        alike = isinstance(this, str) and this == self._called
        if this is not self._called and not alike:
            self._called, self._calls = this, []
        return self._calls

    def _causes(self, call: Call, earlier: Sequence[Call]) -> list[str]:
        """Messages of the mistakes that explain a call.

        An edit that explains all earlier calls too is what was done; what is seen is true at
        least; an edit that explains this call alone comes last.
        """
        got = call.got
        if got is None:
            return ["nothing is returned: a return statement is missing"]
        edits = [(m.message, w) for m, w in self.implementations if self._explains(w, call)]
        if sure := [m for m, w in edits if all(self._gives(w, before) for before in earlier)]:
            return list(dict.fromkeys(sure))[:MOST_CAUSES]
        if isinstance(got, Raised) and got.of_the_keyboard:
            return []
        seen = [m.message for m in self._seen(call)][:1]
        return seen or [m for m, _ in edits][:1]

    def _explains(self, wrong: Any, call: Call) -> bool:
        gives = self._run(wrong, call.args, call.kwargs)
        # Few edits give what came back, so that this is asked first.
        return same(call.got, gives, call.tolerance) and not same(
            gives, call.expected, call.tolerance
        )

    def _gives(self, wrong: Any, call: Call) -> bool:
        return same(call.got, self._run(wrong, call.args, call.kwargs), call.tolerance)

    def _seen(self, call: Call) -> Iterator[Seen]:
        for mistake in self.mistakes:
            if isinstance(mistake, Seen):
                look = partial(mistake.when, call.got, call.expected, *call.args, **call.kwargs)
                if attempt(look) is True:
                    yield mistake

    def _wrong(
        self,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        got: Any,
        expects: str,
        cause: str,
        problem: str = "",
        expected: Any = None,
    ) -> WrongAnswer:
        """The message on a call."""
        raised = got if isinstance(got, Raised) else None
        if raised and (unwritten := self._unwritten(raised, cause)):
            return WrongAnswer(unwritten, cause=unwritten)
        names = [*(self.arguments or ()), *(f"argument {i}" for i in range(len(args)))]
        given = dict(zip(names, args, strict=False)) | dict(kwargs)
        facts = []
        if self.arguments:  # a plain value is called by nobody
            shown = (f"{n} = {describe(v, FEW_VALUES)}" for n, v in given.items())
            facts.append(("called", f"{self.name}({', '.join(shown)})"))
        if cause or not raised:
            facts.append(("came back", _told(got, expected)))
        if raised and raised.where:
            facts.append(("raised in", raised.where))
        if cause and problem and not raised:
            facts.append(("problem", problem))
        if self.exercise.phrase:
            facts.append(("asked for", self.exercise.phrase))
        facts.append(("expected", expects))
        many = [line for name, value in given.items() for line in numbers(name, value)]
        many += numbers("came back", got, self.parts)
        if many:
            facts.append(("numbers", "\n".join(many)))
        headline = f"{self.name} raised {raised}" if raised else f"{self.name}: {problem}"
        return WrongAnswer(f"{self.name}: {cause}" if cause else headline, facts, cause)

    def _unwritten(self, raised: Raised, cause: str) -> str:
        """That the answer, or another one that it calls, is not written yet, if so."""
        stub = re.search(r"in (\w+): raise NotImplementedError", raised.where)
        if raised.kind != "NotImplementedError" or (raised.message and not stub):
            return ""
        other = stub[1] if stub else self.name
        if other != self.name and other in self.exercise.points:
            return f"{NOT_WRITTEN.format(other)}. {self.name} calls it"
        return "" if cause.startswith(BLAMED) else NOT_WRITTEN.format(self.name)


def _told(got: Any, expected: Any) -> str:
    """What came back in words; of a large dict the first entry that differs from the right one."""
    said = describe(got, FEW_VALUES)
    entries = isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys()
    if not entries or len(said) <= MOST_SAID:
        return said
    other = next((key for key in got if not same(got[key], expected[key])), None)
    return said if other is None else f"{other}: {describe(got[other], FEW_VALUES)}"


def _fresh(value: Any) -> Any:
    """A copy, so that an answer that writes into its arguments can't change what it is held to."""
    if isinstance(value, torch.Tensor):
        # The layout in memory stays: an answer may stumble over a transposed one.
        return value.detach().clone()
    if isinstance(value, list | tuple):
        return type(value)(_fresh(v) for v in value)
    if isinstance(value, dict):
        return {k: _fresh(v) for k, v in value.items()}
    if isinstance(value, torch.Generator):
        return value.clone_state()
    return value


_READS = ("LOAD_GLOBAL", "LOAD_NAME")


def names_used(answer: Any) -> frozenset[str]:
    """Global names that an answer's code mentions, those of helpers beside it included.

    A stand-in for an answer in another process says so itself, as `names_used_`.
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


@dataclass
class Exercise:
    """The answers of one exercise, their points, and how they do in this session.

    Args:
        name: the exercise's name.
        points: for each answer, as the notebook asks for them, what its visible and its hidden
            tests are worth.
        written: points of its written questions.

    Attributes:
        checks: by answer.
        cases: for each answer what its hidden tests are about: phrases of the contract, each with
            its cases, called with the answer and with what the notebook gives beside it.
    """

    name: str
    points: Mapping[str, tuple[int, int]]
    written: int = 0
    checks: dict[str, list[Check]] = field(default_factory=dict)
    cases: dict[str, Mapping[str, Callable[..., Any]]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    phrase: str = ""
    """Of the contract: what the hidden case that is running is about."""
    cells: Cells = field(init=False)

    def __post_init__(self) -> None:
        self.cells = Cells(tuple(self.points))
        if (kernel := shell()) is not None:
            kernel.events.register("pre_run_cell", lambda info: self.cells.begin())
            kernel.events.register("post_run_cell", self._cell_has_run)
            explain_errors(kernel)

    def check(self, name: str, **kwargs: Any) -> Check:
        """Add a check of the answer `name`, one that `points` has."""
        check = Check(self, name, **kwargs)
        self.checks.setdefault(name, []).append(check)
        return check

    def waiting(self, name: str) -> None:
        """Say in a learner's kernel that hidden tests of `name` are still to come, and how to run
        them. When graded, where they come at once, it says nothing."""
        if shell() is not None:
            points = self.points[name][1]
            wait = "1 point waits" if points == 1 else f"{points} points wait"
            print(f"○ {name}: {wait} for hidden tests: `make score EXERCISE={self.name}`")

    def hidden_tests(self, name: str, answer: Any, *given: Any) -> None:
        """Run the hidden cases of `name`. Raises WrongAnswer with the first that fails."""
        try:
            with discreetly():
                for phrase, case in self.cases[name].items():
                    self.phrase = phrase
                    case(answer, *given)
        finally:
            self.phrase = ""

    def note_failure(self, name: str) -> None:
        """An answer's test has failed."""
        self.done.discard(name)
        self.failed.add(name)
        self.cells.update(self._progress(), self.name)

    def _cell_has_run(self, result: Any) -> None:
        self.cells.end(result)
        self.done -= self.cells.changed()
        self.cells.update(self._progress(), self.name)

    def warn(self, answer: Any, name: str) -> None:
        """Say it in a learner's kernel where `name`, or what its answer calls, is an older one."""
        if self.cells.older:
            for older in self.points.keys() & {name, *names_used(answer)}:
                self.cells.warn(older)

    def blamed(self, name: str, answer: Any) -> Iterator[str]:
        """What to look at first: failing answers of the learner's that this one calls."""
        for other in sorted((self.failed & names_used(answer)) - {name}):
            yield (
                f"{BLAMED}{other}, which this answer calls, fails its own tests: "
                "get that one right first"
            )

    def passed(self, name: str) -> None:
        """Note that the visible tests of `name` passed, and print how far the learner is."""
        self.cells.warn(name)
        self.failed.discard(name)
        if name in self.cells.older:
            print(f"✓ {name}: the visible tests pass, for what the cell defined before.")
        else:
            self.done.add(name)
            self.cells.note_passed(name)
            print(f"✓ {name}: the visible tests pass.")
        self.cells.show(self._progress(), self.name)

    def _progress(self) -> str:
        """A bar of all answers and their points."""
        visible, hidden = ({n: p[i] for n, p in self.points.items()} for i in (0, 1))
        so_far, waiting = (sum(of[n] for n in self.done) for of in (visible, hidden))
        bar = " ".join(f"{'■' if n in self.done else '□'} {n}" for n in self.points)
        all_hidden = sum(hidden.values())
        if waiting:
            decide = f"{waiting} more for these answers ({all_hidden} in all"
            decide += f", and {self.written} by hand)" if self.written else ")"
        else:
            decide = f"{all_hidden} more"
            decide += f", and {self.written} are given by hand" if self.written else ""
        points = f"Points so far: {so_far} of {sum(visible.values())}."
        return f"{bar}\n{points} Hidden tests decide on {decide}."


def all_of(*cases: Callable[..., Any]) -> Callable[..., Any]:
    """Several hidden cases as one."""
    return lambda *given: [case(*given) for case in cases]
