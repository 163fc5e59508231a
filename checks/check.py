"""A check calls a learner's answer, compares what comes back, and says what went wrong.

It works alike on a function in this process and on a stand-in for one in another: it calls, and
looks at the tensors and plain values that come back.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import torch

from checks.compare import (
    Raised,
    WrongAnswer,
    attempt,
    describe,
    difference,
    discreetly,
    same,
)
from checks.mistakes import Edit, Mistake, Rewrite, Seen, Text, Wrong, edits

MOST_CAUSES = 2
"""How many mistakes that explain a result equally well are named."""
MOST_CALLS = 12
"""How many earlier calls of an answer a mistake is held against."""


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
        lines = [f"  came back: {describe(got)}"]
        if not isinstance(got, Raised):
            lines.append(f"  problem:   {said}")
        elif got.where:
            lines.append(f"  raised in: {got.where}")
        lines.append(f"  expected:  {self.expects}")
        causes = [*self.exercise.blamed(self.name, answer), *self._causes(call, earlier)]
        if causes:
            lines.append(f"  likely cause: {'; or: '.join(causes[: MOST_CAUSES + 1])}")
        self._calls = [*earlier, call][-MOST_CALLS:]
        raise self._wrong(args, kwargs, *lines) from None

    def raises(self, answer: Any, error: type[Exception], *args: Any, says: Iterable[str], why: str,
               **kwargs: Any) -> None:  # fmt: skip
        """Check that the answer refuses bad input.

        Args:
            error: the exception that the contract names.
            says: words of which the message must hold one, in capitals or not: the argument, or
                its value.
            why: what is wrong with the input, in words.
        """
        got = self._run(answer, args, kwargs)
        refused = isinstance(got, Raised) and error.__name__ in got.kinds
        if refused and any(word.lower() in got.message.lower() for word in says):
            return
        self.exercise.note_failure(self.name)
        lines = [f"  came back: {describe(got)}"]
        if isinstance(got, Raised) and got.where:
            lines.append(f"  raised in: {got.where}")
        lines.append(f"  expected:  a {error.__name__}, since {why}")
        if not isinstance(got, Raised):
            lines.append(
                "  likely cause: bad input is not refused: check for it first and raise "
                f"{error.__name__} with a message that says which argument is wrong"
            )
        elif refused:
            lines.append(
                "  likely cause: the message does not say which argument is wrong: "
                f"name one of {', '.join(says)}"
            )
        elif cause := _unwritten(got):
            lines.append(f"  likely cause: {cause}")
        elif not got.of_the_keyboard:
            lines.append(
                f"  likely cause: the input is refused, but with {got.told} instead of "
                f"{error.__name__}"
            )
        raise self._wrong(args, kwargs, *lines)

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
        if cause := _unwritten(got):
            return [cause]
        edits = [(m.message, w) for m, w in self.implementations if self._explains(w, call)]
        if sure := [m for m, w in edits if all(self._gives(w, before) for before in earlier)]:
            return list(dict.fromkeys(sure))[:MOST_CAUSES]
        if isinstance(got, Raised) and got.of_the_keyboard:
            return []
        seen = [m.message for m in self._seen(call)][:1]
        return seen or [m for m, _ in edits][:1]

    def _explains(self, wrong: Any, call: Call) -> bool:
        gives = self._run(wrong, call.args, call.kwargs)
        return not same(gives, call.expected, call.tolerance) and same(
            call.got, gives, call.tolerance
        )

    def _gives(self, wrong: Any, call: Call) -> bool:
        return same(call.got, self._run(wrong, call.args, call.kwargs), call.tolerance)

    def _seen(self, call: Call) -> Iterator[Seen]:
        for mistake in self.mistakes:
            if isinstance(mistake, Seen):
                look = partial(mistake.when, call.got, call.expected, *call.args, **call.kwargs)
                if attempt(look) is True:
                    yield mistake

    def _wrong(self, args: Sequence[Any], kwargs: Mapping[str, Any], *lines: str) -> WrongAnswer:
        """The message: what was called, and these lines."""
        called = self.name  # a plain value is called by nobody
        if self.arguments:
            names = list(self.arguments) + [f"argument {i}" for i in range(len(args))]
            shown = [f"{n} = {describe(a)}" for n, a in zip(names, args, strict=False)]
            shown += [f"{k} = {describe(v)}" for k, v in kwargs.items()]
            called += f"({', '.join(shown)})"
        asked = self.exercise.phrase
        said = [f"  asked for: {asked}"] if asked else []
        return WrongAnswer("\n".join([called, *lines[:-1], *said, lines[-1]]))


def in_a_kernel() -> bool:
    """Whether this is a learner's own kernel, and not the examiner's process or a terminal's."""
    module = sys.modules.get("IPython.core.interactiveshell")
    return module is not None and module.InteractiveShell.initialized()


def _unwritten(got: Any) -> str:
    if isinstance(got, Raised) and got.kind == "NotImplementedError":
        return "the answer is still to be written: replace the raise by your own lines"
    return "nothing is returned: a return statement is missing" if got is None else ""


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
        for name in set(code.co_names) - used:
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

    def check(self, name: str, **kwargs: Any) -> Check:
        """Add a check of the answer `name`, one that `points` has."""
        check = Check(self, name, **kwargs)
        self.checks.setdefault(name, []).append(check)
        return check

    def waiting(self, name: str) -> None:
        """Say in a learner's kernel that hidden tests of `name` are still to come, and how to run
        them. When graded, where they come at once, it says nothing."""
        if in_a_kernel():
            points = self.points[name][1]
            wait = "1 point waits" if points == 1 else f"{points} points wait"
            command = f"`make score EXERCISE={self.name}`"
            print(f"○ {name}: {wait} for hidden tests. {command} runs them.")

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

    def blamed(self, name: str, answer: Any) -> Iterator[str]:
        """What to look at first: failing answers of the learner's that this one calls."""
        for other in sorted((self.failed & names_used(answer)) - {name}):
            yield (
                f"your {other}, which this answer calls, fails its own tests: "
                "get that one right first"
            )

    def passed(self, name: str) -> None:
        """Note that the visible tests of `name` passed, and print how far the learner is."""
        self.done.add(name)
        self.failed.discard(name)
        visible, hidden = ({n: p[i] for n, p in self.points.items()} for i in (0, 1))
        so_far, waiting = (sum(of[n] for n in self.done) for of in (visible, hidden))
        bar = " ".join(f"{'■' if n in self.done else '□'} {n}" for n in self.points)
        print(f"✓ {name}: the visible tests pass.")
        print(bar)
        print(
            f"Points so far: {so_far} of {sum(visible.values())}. Hidden tests decide on {waiting} "
            f"more for these answers when you hand in ({sum(hidden.values())} in all"
            + (f", and {self.written} by hand)." if self.written else ").")
        )
