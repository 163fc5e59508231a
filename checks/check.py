"""A check calls a learner's answer, compares what comes back, and says what went wrong.

It works alike on a function in this process and on a stand-in for one in another: it calls, and
looks at the tensors and plain values that come back.
"""

from __future__ import annotations

import inspect
import re
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
    numbers,
    same,
    tables,
)
from checks.message import NOT_WRITTEN, TO_DO, Table, WrongAnswer
from checks.mistakes import Edit, Mistake, Rewrite, Seen, Text, edits
from checks.run import BLAMED, Call, run_of

MOST_CAUSES = 2
"""How many mistakes that explain a result equally well are named."""
MOST_SAID = 300
"""Characters in which a whole dict that came back is told."""


@dataclass(frozen=True, eq=False)
class Check:
    """One answer of an exercise: how to call it, what is right, and what often goes wrong.

    `Exercise.check` makes one. Calling it as `check(answer, *args, **kwargs)` raises `WrongAnswer`
    unless the answer gives what the reference gives; it returns what the answer gave.

    Args:
        exercise: the exercise it belongs to.
        name: the contract's name.
        reference: the right answer.
        expects: what should come back, in words.
        arguments: names of the positional arguments, for messages.
        mistakes: known misconceptions, the most usual first, and what can be seen of a result.
        text: what the edits among them are edits of: functions or classes, the last one a right
            answer, the others what it calls.
        parts: names of the results where there are several.
        procedure: how to get a comparable result out of an answer, called as
            `procedure(answer, *args, **kwargs)`; calls the answer unless given. The reference
            and the implementations of the mistakes go through it too.
    """

    exercise: Exercise
    name: str
    reference: Any
    expects: str
    arguments: Sequence[str]
    mistakes: Sequence[Mistake]
    text: Sequence[Any]
    parts: Sequence[str]
    procedure: Callable[..., Any] | None

    def __call__(
        self,
        answer: Any,
        *args: Any,
        expected: Any = None,
        tolerance: float | None = None,
        **kwargs: Any,
    ) -> Any:
        run = run_of(self.exercise)
        run.warn(answer, self.name)
        if expected is None:
            expected = self._run(self.reference, args, kwargs)
        got = self._run(answer, args, kwargs)
        text = difference(got, expected, tolerance=tolerance, parts=self.parts)
        call = Call(_fresh(args), _fresh(kwargs), tolerance, expected, got)
        calls = run.calls(self, answer)
        earlier = tuple(calls)
        calls.append(call)
        if text is None:
            return got
        run.note_failure(self.name)
        causes = [*run.blamed(self.name, answer), *self._causes(call, earlier)]
        cause = "; or: ".join(causes[: MOST_CAUSES + 1])
        drawn = tables(got, expected, tolerance, self.parts)
        raise self._wrong(args, kwargs, got, self.expects, cause, text, expected, drawn) from None

    def raises(self, answer: Any, error: type[Exception], *args: Any, says: Iterable[str], why: str,
               **kwargs: Any) -> None:  # fmt: skip
        """Check that the answer refuses bad input.

        Args:
            error: the exception that the contract names.
            says: words of which the message must hold one, in capitals or not: the argument, or
                its value.
            why: what is wrong with the input, in words.
        """
        run = run_of(self.exercise)
        run.warn(answer, self.name)
        got = self._run(answer, args, kwargs)
        refused = isinstance(got, Raised) and error.__name__ in got.kinds
        if refused and any(word.lower() in got.message.lower() for word in says):
            return
        run.note_failure(self.name)
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
        return Text(*self.text)

    def _run(self, answer: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        fresh_args, fresh_kwargs = _fresh(tuple(args)), _fresh(dict(kwargs))
        if self.procedure is None:
            return attempt(partial(answer, *fresh_args, **fresh_kwargs))
        return attempt(partial(self.procedure, answer, *fresh_args, **fresh_kwargs))

    def _causes(self, call: Call, earlier: Sequence[Call]) -> list[str]:
        """Messages of the mistakes that explain a call.

        An edit that explains all earlier calls too is what was done; what is seen is true at
        least; an edit that explains this call alone comes last, unless all that it explains is an
        exception, which much else raises in the same words.
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
        return seen or ([] if isinstance(got, Raised) else [m for m, _ in edits][:1])

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
        drawn: Iterable[Table] = (),
    ) -> WrongAnswer:
        """The message on a call."""
        raised = got if isinstance(got, Raised) else None
        if raised and (unwritten := self._unwritten(raised, cause)):
            return unwritten
        names = [*self.arguments, *(f"argument {i}" for i in range(len(args)))]
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
        if phrase := run_of(self.exercise).phrase:
            facts.append(("asked for", phrase))
        facts.append(("expected", expects))
        many = [line for name, value in given.items() for line in numbers(name, value)]
        many += numbers("came back", got, self.parts)
        if many:
            facts.append(("numbers", "\n".join(many)))
        headline = f"{self.name} raised {raised}" if raised else f"{self.name}: {problem}"
        return WrongAnswer(f"{self.name}: {cause}" if cause else headline, facts, cause, drawn)

    def _unwritten(self, raised: Raised, cause: str) -> WrongAnswer | None:
        """That the answer, or another one that it calls, is not written yet, if so."""
        stub = re.search(r"in (\w+): raise NotImplementedError", raised.where)
        if raised.kind != "NotImplementedError" or (raised.message and not stub):
            return None
        other = stub[1] if stub else self.name
        if other != self.name and other in self.exercise.answers:
            text = f"{NOT_WRITTEN.format(other)}: {TO_DO}. {self.name} calls it"
            return WrongAnswer(text, cause=text)
        if cause.startswith(BLAMED):
            return None
        text = NOT_WRITTEN.format(self.name)
        return WrongAnswer(text, cause=f"{text}: {TO_DO}", todo=TO_DO)


def _told(got: Any, expected: Any) -> str:
    """What came back in words; of a large dict the first entry that differs from the right one."""
    text = describe(got, FEW_VALUES)
    entries = isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys()
    if not entries or len(text) <= MOST_SAID:
        return text
    other = next((key for key in got if not same(got[key], expected[key])), None)
    return text if other is None else f"{other}: {describe(got[other], FEW_VALUES)}"


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


@dataclass(frozen=True, eq=False)
class Exercise:
    """The answers of one exercise, and what is known of right and wrong ones.

    How they do in a notebook is in its `run.Run`. The checks and cases come in while the
    exercise's own modules are imported, and stay as they are.

    Args:
        name: the exercise's name.
        answers: their names, as the notebook asks for them. What they are worth stands there.

    Attributes:
        checks: by answer.
        cases: for each answer what its hidden tests are about: phrases of the contract, each with
            its cases, called with the answer and with what the notebook gives beside it.
    """

    name: str
    answers: Sequence[str]
    checks: dict[str, list[Check]] = field(default_factory=dict, init=False)
    cases: dict[str, Mapping[str, Callable[..., Any]]] = field(default_factory=dict, init=False)

    def check(
        self,
        name: str,
        *,
        reference: Any,
        expects: str,
        arguments: Sequence[str] | None = None,
        wrong: Mapping[str, Mapping[Any, str]] | None = None,
        mistakes: Sequence[Mistake] = (),
        seen: Mapping[str, Callable[..., bool]] | None = None,
        text: Sequence[Any] = (),
        parts: Sequence[str] = (),
        procedure: Callable[..., Any] | None = None,
    ) -> Check:
        """Add a check of the answer `name`.

        Args:
            arguments: names of the positional arguments; those of the reference unless given.
            wrong: known misconceptions as edits (see `Wrong`), the most usual first.
            mistakes: others.
            seen: messages, each with what can be seen of a result (see `Seen`), the surest first.
            text: what the edits are edits of; the reference unless given.
        """
        if arguments is None:
            arguments = tuple(inspect.signature(reference).parameters)
        looks = (Seen(message, when) for message, when in (seen or {}).items())
        check = Check(
            self, name, reference, expects, arguments, (*edits(wrong or {}), *mistakes, *looks),
            text or (reference,), parts, procedure,
        )  # fmt: skip
        self.checks.setdefault(name, []).append(check)
        return check


def all_of(*cases: Callable[..., Any]) -> Callable[..., Any]:
    """Several hidden cases as one."""
    return lambda *given: [case(*given) for case in cases]
