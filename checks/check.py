"""A check calls a learner's answer, compares what comes back, and says what went wrong.

It works alike on a function in this process and on a remote proxy for one in another: it calls, and
looks at the tensors and plain values that come back.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from checks.kernel import within
from checks.message import NOT_WRITTEN, TO_DO, Table, WrongAnswer
from checks.mistakes import Edit, Mistake, Rewrite, Seen, Text, edits
from checks.run import BLAMED, Call, aside, run_of

MOST_CAUSES = 2
"""How many mistakes that no further call tells apart are named."""
MOST_ASKED = 5_000
"""Numbers, or letters, in the arguments of a call that is made to tell mistakes apart."""
GIVEN = ("math", "torch", "nn", "F", "np", "plt")
"""What an exercise's first cell imports."""
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
        unrefused: what can be seen where bad input is not refused as it should be; called as
            `when(got, again, *args)`, in which `again` calls the answer with other arguments.
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
    unrefused: Sequence[Seen] = ()

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
        call = Call(fresh(args), fresh(kwargs), tolerance, expected, got)
        calls = run.calls(self, answer)
        earlier = tuple(calls)
        calls.append(call)
        changed = "" if got is None or isinstance(got, Raised) else run.changed
        if text is None and not changed:
            return got
        if changed:  # where the result is right, that is all that is wrong
            run.note_failure(self.name, self.reference if text is None else None)
        cause = changed or "; or: ".join(self._causes(answer, call, earlier))
        if run.phrase and run.forgives(self.name, cause):
            return expected
        if got is None:
            text = ""  # the cause has it
        drawn = tables(got, expected, tolerance, self.parts)
        text = text or ""
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
        if refused:
            first, *others = says
            which = f"one of {', '.join((first, *others))}" if others else f"{first} in it"
            cause = f"the message does not say which argument is wrong: name {which}"
        elif not (isinstance(got, Raised) and got.of_the_keyboard):
            cause = self._why_unrefused(answer, got, error, args, why)
        raise self._wrong(args, kwargs, got, f"a {error.__name__}, since {why}", cause)

    def _why_unrefused(
        self, answer: Any, got: Any, error: type[Exception], args: Any, why: str
    ) -> str:
        """What there is to say of bad input that is not refused by `error`."""
        again = partial(self._run, answer, kwargs={})
        for one in self.unrefused:
            if attempt(partial(one.when, got, lambda *others: again(others), *args)) is True:
                return one.message
        check = f"check for it first and raise {error.__name__} with a message that says"
        if isinstance(got, Exception):
            return f"the {type(got).__name__} is returned, not raised: raise it"
        if not isinstance(got, Raised):
            return f"bad input is not refused ({why}): {check} which argument is wrong"
        line = got.where.partition(": ")[2]  # which a hidden test doesn't tell
        if not line or line.startswith(("raise", "assert")):
            return f"the input is refused, but with {got.told} instead of {error.__name__}"
        return (
            f"nothing in your code checks for this input, which ends in {got.told}: {check} which "
            "argument is wrong"
        )

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
        fresh_args, fresh_kwargs = fresh(tuple(args)), fresh(dict(kwargs))
        # An answer in another process works on copies of what it is given, and tells of changes.
        watch = getattr(answer, "watch_", None)
        told = watch() if watch else []
        call = answer if self.procedure is None else partial(self.procedure, answer)
        bound = partial(call, *fresh_args, **fresh_kwargs)
        got = attempt(partial(within, self.exercise.limit_seconds, bound))
        given, used = self._named(args, kwargs), self._named(fresh_args, fresh_kwargs)
        changed = (
            _of_change(name, value)
            for name, value in used.items()
            if any(value is one for one in told) or not _alike(value, given[name])
        )
        run_of(self.exercise).changed = next(changed, "")
        return got

    def _named(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        names = [*self.arguments, *(f"argument {i}" for i in range(len(args)))]
        return dict(zip(names, args, strict=False)) | dict(kwargs)

    def _causes(self, answer: Any, call: Call, earlier: Sequence[Call]) -> list[str]:
        """What there is to say of a call: several causes only where each may be one.

        Where a wrong answer of the learner's is called and explains all calls, nothing else is
        wrong; where a mistake in this one explains them, the other plays no part.
        """
        run = run_of(self.exercise)
        others = run.blamed(self.name, answer)
        calls = (*earlier, call)
        found = [(m.message, w) for m, w in self.implementations if self._explains(w, call)]
        sure = [(m, w) for m, w in found if all(self._gives(w, before) for before in earlier)]
        sure = self._told_apart(answer, sure)
        run.note_failure(self.name, sure[0][1] if sure else None)
        known = {name: run.failed[name] for name in others if run.failed[name] is not None}
        theirs = set[str]()
        if known and self.text:
            right = self.plain.edited(given=known)
            if all(self._gives(right, one) for one in calls):
                return [run.blame(next(iter(known)), alone=True)]
            got = self._run(right, call.args, call.kwargs)
            theirs |= {m.message for m in self._seen(replace(call, got=got))}
        own = self._own_causes(call, found, sure)
        # What fails in the others may be known, and not be what fails here.
        innocent = len(known) == len(others) and bool(own) and theirs.isdisjoint(own)
        return own if not others or (sure and known) or innocent else [run.blame(others[0])]

    def _own_causes(
        self, call: Call, found: Sequence[tuple[str, Any]], sure: Sequence[tuple[str, Any]]
    ) -> list[str]:
        """The mistake that explains a call, or nothing.

        An edit that explains all calls is what was done; what is seen is true at least; an edit
        that explains this call alone comes last, unless all that it explains is an exception, which
        much else raises in the same words.
        """
        got = call.got
        if sure:
            return list(dict.fromkeys(m for m, _ in sure))[:MOST_CAUSES]
        if got is None:
            return ["nothing is returned: a return statement is missing"]
        if isinstance(got, Raised) and got.of_the_keyboard:
            return []
        seen = [m.message for m in self._seen(call)][:1]
        return seen or ([] if isinstance(got, Raised) else [m for m, _ in found][:1])

    def _told_apart(self, answer: Any, explain: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """Those of several mistakes that explain further calls of the answer, too."""
        if len({m for m, _ in explain}) < 2:
            return explain
        with torch.random.fork_rng(devices=[]), contextlib.redirect_stdout(io.StringIO()):
            for call in self._further_calls():
                if len({m for m, _ in explain}) == 1:
                    break
                given = [(m, w, self._run(w, call.args, call.kwargs)) for m, w in explain]
                if all(same(one, given[0][2], call.tolerance) for _, _, one in given):
                    continue
                again = [self._run(w, call.args, call.kwargs) for _, w in explain]
                if not all(same(a, one, 0.0) for a, (_, _, one) in zip(again, given, strict=True)):
                    continue  # drawn at random
                got = self._run(answer, call.args, call.kwargs)
                explain = [
                    (m, w) for m, w, one in given if same(got, one, call.tolerance)
                ] or explain
        return explain

    def _further_calls(self) -> Iterator[Call]:
        """Small calls as its tests make them, with what is right."""
        for case in self.exercise.cases.get(self.name, {}).values():
            with aside(self.exercise):
                with contextlib.suppress(WrongAnswer, TypeError):  # one that wants more than this
                    case(self.reference)
                calls = [*run_of(self.exercise).calls(self, self.reference)]
            for call in calls:
                if sum(_size(arg) for arg in (*call.args, *call.kwargs.values())) <= MOST_ASKED:
                    yield call

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
        if raised and (absent := self._unwritten(raised, cause) or self._undefined(raised)):
            return absent
        given = self._named(args, kwargs)
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
        stub = re.search(r"in (\w+)[^:\n]*: raise NotImplementedError", raised.where)
        if raised.kind != "NotImplementedError" or (raised.message and not stub):
            return None
        other = stub[1] if stub else self.name
        if text := run_of(self.exercise).misspelt(other):
            return WrongAnswer(text, cause=text)
        if other != self.name and other in self.exercise.answers:
            text = f"{NOT_WRITTEN.format(other)}: {TO_DO}. {self.name} calls it"
            return WrongAnswer(text, cause=text)
        if cause.startswith(BLAMED):
            return None
        text = NOT_WRITTEN.format(self.name)
        return WrongAnswer(text, cause=f"{text}: {TO_DO}", todo=TO_DO)

    def _undefined(self, raised: Raised) -> WrongAnswer | None:
        """That no cell has defined something the answer reads, and which cell does, if so."""
        name = raised.undefined
        if name in self.exercise.answers and name != self.name:
            text = run_of(self.exercise).misspelt(name)
            text = text and f"{text}, which {self.name} calls"
            todo = f"run the cell in which you define {name}, then this one again"
            text = text or f"{self.name} calls {name}, which no cell that has run defines: {todo}"
        elif name in GIVEN and not run_of(self.exercise).in_lesson:
            todo = "run the first code cell of the notebook, then this one again"
            text = f"{self.name} uses {name}, which no cell that has run defines: {todo}"
        else:
            return None
        return WrongAnswer(text, [("raised in", raised.where)] if raised.where else [], cause=text)


def _size(value: Any) -> int:
    if isinstance(value, torch.Tensor):
        return value.numel()
    return len(value) if isinstance(value, str | bytes | list | tuple | dict) else 1


def _told(got: Any, expected: Any) -> str:
    """What came back in words; of a large dict the first entry that differs from the right one."""
    text = describe(got, FEW_VALUES)
    entries = isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys()
    if not entries or len(text) <= MOST_SAID:
        return text
    other = next((key for key in got if not same(got[key], expected[key])), None)
    return text if other is None else f"{other}: {describe(got[other], FEW_VALUES)}"


def fresh(value: Any) -> Any:
    """A copy, so that an answer that writes into its arguments can't change what it is held to."""
    if isinstance(value, torch.Tensor):
        # The layout in memory stays: an answer may stumble over a transposed one.
        return value.detach().clone()
    if isinstance(value, list | tuple):
        return type(value)(fresh(v) for v in value)
    if isinstance(value, dict):
        return {k: fresh(v) for k, v in value.items()}
    if isinstance(value, torch.Generator):
        return value.clone_state()
    return value


def _alike(value: Any, before: Any) -> bool:
    """Whether a value still is what it was. What `fresh` doesn't copy, as a cache or a module, may
    change."""
    if isinstance(value, torch.Tensor) and isinstance(before, torch.Tensor):  # or a parameter
        return torch.equal(value, before) or same(value, before, 0.0)  # NaN equals NaN
    if type(value) is not type(before):
        return False
    if isinstance(value, list | tuple):
        return len(value) == len(before) and all(map(_alike, value, before))
    if isinstance(value, dict):
        return value.keys() == before.keys() and all(_alike(v, before[k]) for k, v in value.items())
    return value is before or isinstance(value, torch.Generator) or bool(value == before)


def _of_change(name: str, value: Any) -> str:
    """That an answer changed an argument, and what doesn't."""
    copy = f"{type(value).__name__}({name}) makes one"
    if isinstance(value, torch.Tensor):
        copy = f"{name} - m and {name}.clone() make a new tensor, while {name} -= m, {name}[i] = m "
        copy += f"and methods that end in _, as {name}.exp_(), change {name}"
    return f"it changes its argument {name}: work on a copy ({copy})"


@dataclass(frozen=True, eq=False)
class Exercise:
    """The answers of one exercise, and what is known of right and wrong ones.

    How they do in a notebook is in its `run.Run`. The checks and cases come in while the
    exercise's own modules are imported, and stay as they are.

    Args:
        name: the exercise's name.
        answers: their names, as the notebook asks for them. What they are worth stands there.
        limit_seconds: how long a call may take in a learner's kernel; None: as long as it likes.

    Attributes:
        checks: by answer.
        cases: for each answer what its hidden tests are about: phrases of the contract, each with
            its cases, called with the answer and with what the notebook gives beside it.
    """

    name: str
    answers: Sequence[str]
    limit_seconds: float | None = None
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
        unrefused: Mapping[str, Callable[..., bool]] | None = None,
    ) -> Check:
        """Add a check of the answer `name`.

        Args:
            arguments: names of the positional arguments; those of the reference unless given.
            wrong: known misconceptions as edits (see `Wrong`), the most usual first.
            mistakes: others.
            seen: messages, each with what can be seen of a result (see `Seen`), the surest first.
            text: what the edits are edits of; the reference unless given.
            unrefused: as `seen`, of bad input (see `Check`).
        """
        if arguments is None:
            arguments = tuple(inspect.signature(reference).parameters)
        looks = (Seen(message, when) for message, when in (seen or {}).items())
        check = Check(
            self, name, reference, expects, arguments, (*edits(wrong or {}), *mistakes, *looks),
            text or (reference,), parts, procedure, [Seen(*s) for s in (unrefused or {}).items()],
        )  # fmt: skip
        self.checks.setdefault(name, []).append(check)
        return check


def all_of(*cases: Callable[..., Any]) -> Callable[..., Any]:
    """Several hidden cases as one."""
    return lambda *given: [case(*given) for case in cases]
