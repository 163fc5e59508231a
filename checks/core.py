"""Call a learner's answer, compare what comes back, and say what went wrong.

A check works alike on a function in this process and on a stand-in for one in
another: it calls, and looks at the tensors and plain values that come back.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

TOLERANCE = {torch.float16: 5e-3, torch.bfloat16: 3e-2}
ORDINARY_TOLERANCE = 1e-5
SHOWN_VALUES = 8


class WrongAnswer(AssertionError):
    """An answer that is not right; the message says what came back, and why where it is known."""

    def _render_traceback_(self) -> list[str]:
        # IPython shows these lines in place of a traceback through this package.
        return [f"✗ {line}" if i == 0 else line for i, line in enumerate(str(self).split("\n"))]


@dataclass(frozen=True)
class Raised:
    """What an answer raised, so that it can be compared like a result.

    Args:
        kind: the exception's class.
        message: its text.
        kinds: its class and all that this derives from.
    """

    kind: str
    message: str
    kinds: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def by(cls, error: Exception) -> Raised:
        kinds = tuple(kind.__name__ for kind in type(error).__mro__)
        return cls(kinds[0], str(error).strip(), kinds)

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}" if self.message else self.kind


@dataclass(frozen=True)
class Mistake:
    """A known misconception.

    Args:
        message: what the learner should hear: what was done, and what is right.
        wrong: an answer that makes the mistake. Where it gives what the learner's
            answer gave (or raises what that raised), the message is shown.
        when: called as `when(got, expected, *args)` instead, for mistakes that one
            implementation can't stand for; `got` may be a `Raised`.
    """

    message: str
    wrong: Any = None
    when: Callable[..., bool] | None = None


def describe(value: Any) -> str:
    """`value` in a few words: type, shape and, where there are few, its numbers."""
    if isinstance(value, torch.Tensor):
        kind = f"{str(value.dtype).removeprefix('torch.')} tensor of shape {tuple(value.shape)}"
        if value.numel() <= SHOWN_VALUES:
            return f"{kind}: {_numbers(value)}"
        return kind
    if isinstance(value, np.ndarray):
        return f"NumPy array of shape {value.shape}"
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        kind = type(value).__name__
        if len(value) <= SHOWN_VALUES:
            if not any(isinstance(v, torch.Tensor | list | tuple | dict) for v in value):
                return repr(value)
            return f"{kind} of {len(value)}: " + "; ".join(describe(v) for v in value)
        return f"{kind} of {len(value)} items"
    if isinstance(value, Mapping):
        return "dict with " + ", ".join(
            f"{k!r}: {describe(v)}" for k, v in list(value.items())[:12]
        )
    if isinstance(value, Raised):
        return f"an exception, {value}"
    text = repr(value)
    return text if len(text) <= 200 else text[:197] + "..."


def _numbers(value: torch.Tensor) -> str:
    def rounded(x: Any) -> Any:
        if isinstance(x, list):
            return [rounded(y) for y in x]
        return float(f"{x:.4g}") if isinstance(x, float) else x

    return str(rounded(value.detach().tolist()))


def attempt(call: Callable[[], Any]) -> Any:
    """The result of `call()`, or a `Raised` for the exception that it ended in."""
    try:
        return call()
    except WrongAnswer:
        raise
    except Exception as error:
        return Raised.by(error)


def same(got: Any, expected: Any, tolerance: float | None = None) -> bool:
    """Whether two results are alike: structure, shape, dtype and values (NaN equals NaN)."""
    return difference(got, expected, tolerance=tolerance, nan_equal=True) is None


def difference(
    got: Any,
    expected: Any,
    *,
    tolerance: float | None = None,
    label: str = "the result",
    parts: Sequence[str] = (),
    nan_equal: bool = False,
) -> str | None:
    """How `got` differs from `expected`, in a sentence; `None` if it does not.

    Tensors are compared to `tolerance`, absolute and relative; 0 means exactly. Shapes are
    compared first, so that nothing is broadcast. Lists and tuples are taken for each other.
    """
    if isinstance(expected, Raised) or isinstance(got, Raised):
        alike = type(got) is type(expected) and got == expected
        return None if alike else f"{label} is {describe(got)}"
    if isinstance(expected, torch.Tensor):
        return _tensor_difference(got, expected, tolerance, label, nan_equal)
    if isinstance(expected, list | tuple):
        if not isinstance(got, list | tuple):
            return f"{label} should be {len(expected)} things, but is {describe(got)}"
        if len(got) != len(expected):
            return f"{label} should have {len(expected)} items, but has {len(got)}"
        for i, (g, e) in enumerate(zip(got, expected, strict=True)):
            name = parts[i] if i < len(parts) else f"item {i} of {label}"
            if said := difference(g, e, tolerance=tolerance, label=name, nan_equal=nan_equal):
                return said
        return None
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            return f"{label} should be a dict, but is {describe(got)}"
        for key, value in expected.items():
            if key not in got:
                return f"{label} has no entry {key!r}; it has {list(got)}"
            name = f"entry {key!r}"
            said = difference(got[key], value, tolerance=tolerance, label=name, nan_equal=nan_equal)
            if said:
                return said
        return None
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        if isinstance(got, np.generic):
            got = got.item()
        return None if type(got) is type(expected) and got == expected else _unlike(label, got)
    if isinstance(expected, int):
        if isinstance(got, np.integer):
            got = int(got)
        if isinstance(got, bool) or not isinstance(got, int):
            return f"{label} should be a whole number (int), but is {describe(got)}"
        return None if got == expected else _unlike(label, got)
    if isinstance(expected, float):
        if isinstance(got, torch.Tensor) and got.dim() == 0:
            got = got.item()
        if isinstance(got, bool) or not isinstance(got, int | float | np.number):
            return f"{label} should be a number, but is {describe(got)}"
        near = tolerance if tolerance is not None else ORDINARY_TOLERANCE
        close = bool(np.isclose(got, expected, rtol=near, atol=near, equal_nan=nan_equal))
        return None if close else _unlike(label, got)
    return None if got == expected else _unlike(label, got)


def _unlike(label: str, got: Any) -> str:
    return f"{label} is {describe(got)}, which is not right"


def _tensor_difference(
    got: Any, expected: torch.Tensor, tolerance: float | None, label: str, nan_equal: bool
) -> str | None:
    if isinstance(got, np.ndarray):
        return f"{label} should be a torch tensor, but is a NumPy array: torch.from_numpy makes one"
    if not isinstance(got, torch.Tensor):
        number = isinstance(got, int | float | np.number) and not isinstance(got, bool)
        if expected.dim() == 0 and number:
            got = torch.tensor(got, dtype=expected.dtype)
        else:
            return f"{label} should be a tensor, but is {describe(got)}"
    if got.shape != expected.shape:
        want, have = tuple(expected.shape), tuple(got.shape)
        return f"{label} should have shape {want}, but has {have}"
    if got.dtype != expected.dtype:
        want_dtype, have_dtype = (str(t.dtype).removeprefix("torch.") for t in (expected, got))
        return f"{label} should have dtype {want_dtype}, but has {have_dtype}"
    got, expected = got.detach(), expected.detach()
    if not expected.dtype.is_floating_point:
        wrong = got != expected
        if not bool(wrong.any()):
            return None
        return f"{label} is wrong in {_places(wrong)}"
    if not nan_equal and bool((got.isnan() & ~expected.isnan()).any()):
        return f"{label} has NaN in {_places(got.isnan())}"
    near = tolerance if tolerance is not None else TOLERANCE.get(got.dtype, ORDINARY_TOLERANCE)
    wrong = ~torch.isclose(
        got.double(), expected.double(), rtol=near, atol=near, equal_nan=nan_equal
    )
    if not bool(wrong.any()):
        return None
    gap = (got.double() - expected.double()).abs()[wrong].max().item()
    return f"{label} is wrong in {_places(wrong)}, by up to {gap:.3g}"


def _places(wrong: torch.Tensor) -> str:
    n = int(wrong.sum())
    if wrong.dim() == 0:
        return "its value"
    first = tuple(int(i) for i in wrong.nonzero()[0])
    return f"{n} of {wrong.numel()} places (the first at index {first})"


def _fresh(value: Any) -> Any:
    """A copy, so that an answer that writes into its arguments can't change what it is held to."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, list | tuple):
        return type(value)(_fresh(v) for v in value)
    if isinstance(value, dict):
        return {k: _fresh(v) for k, v in value.items()}
    if isinstance(value, torch.Generator):
        return value.clone_state()
    return value


@dataclass
class Check:
    """One answer of an exercise: how to call it, what is right, and what often goes wrong.

    Calling a check as `check(answer, *args, **kwargs)` raises `WrongAnswer` unless the answer
    gives what the reference gives; it returns what the answer gave.

    Args:
        exercise: the exercise it belongs to.
        name: the contract's name.
        arguments: names of the positional arguments, for messages.
        reference: the right answer.
        expects: what should come back, in words.
        mistakes: known misconceptions, the most specific first.
        parts: names of the results where there are several.
        procedure: how to get a comparable result out of an answer, called as
            `procedure(answer, *args, **kwargs)`; calls the answer unless given. The reference
            and the wrong answers of the mistakes go through it too.
    """

    exercise: Exercise
    name: str
    arguments: Sequence[str]
    reference: Any
    expects: str
    mistakes: Sequence[Mistake] = ()
    parts: Sequence[str] = ()
    procedure: Callable[..., Any] | None = None

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
        trace: list[str] = []
        got = self._run(answer, args, kwargs, trace)
        said = difference(got, expected, tolerance=tolerance, parts=self.parts)
        if said is None:
            return got
        self.exercise.done.discard(self.name)
        lines = [self._called(args, kwargs)]
        if isinstance(got, Raised):
            lines.append(f"  came back: {describe(got)}")
            lines += trace
        else:
            lines.append(f"  came back: {describe(got)}")
            lines.append(f"  problem:   {said}")
        lines.append(f"  expected:  {self.expects}")
        if cause := self._cause(got, expected, args, kwargs, tolerance):
            lines.append(f"  likely cause: {cause}")
        raise WrongAnswer("\n".join(lines)) from None

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
        if (
            isinstance(got, Raised)
            and error.__name__ in got.kinds
            and any(word.lower() in got.message.lower() for word in says)
        ):
            return
        self.exercise.done.discard(self.name)
        called = self._called(args, kwargs)
        wanted = f"  expected:  a {error.__name__}, since {why}"
        if not isinstance(got, Raised):
            raise WrongAnswer(
                f"{called}\n  came back: {describe(got)}\n{wanted}\n"
                f"  likely cause: bad input is not refused: check for it first and raise "
                f"{error.__name__} with a message that says which argument is wrong"
            )
        if error.__name__ not in got.kinds:
            raise WrongAnswer(
                f"{called}\n  came back: {describe(got)}\n{wanted}\n"
                f"  likely cause: the input is refused, but with {got.kind} instead of "
                f"{error.__name__}"
            )
        raise WrongAnswer(
            f"{called}\n  came back: {describe(got)}\n{wanted}\n"
            f"  likely cause: the message does not say which argument is wrong: "
            f"name one of {', '.join(says)}"
        )

    def _run(
        self, answer: Any, args: Sequence[Any], kwargs: Mapping[str, Any], trace: Any = None
    ) -> Any:
        fresh_args = [_fresh(a) for a in args]
        fresh_kwargs = {k: _fresh(v) for k, v in kwargs.items()}

        def call() -> Any:
            if self.procedure is not None:
                return self.procedure(answer, *fresh_args, **fresh_kwargs)
            return answer(*fresh_args, **fresh_kwargs)

        try:
            return call()
        except WrongAnswer:
            raise
        except Exception as error:
            if trace is not None:
                trace += _where(error)
            return Raised.by(error)

    def _called(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        if not self.arguments:
            return self.name  # a plain value, which nobody calls
        names = list(self.arguments) + [f"argument {i}" for i in range(len(args))]
        shown = [f"{n} = {describe(a)}" for n, a in zip(names, args, strict=False)]
        shown += [f"{k} = {describe(v)}" for k, v in kwargs.items()]
        return f"{self.name}({', '.join(shown)})"

    def _cause(
        self,
        got: Any,
        expected: Any,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        tolerance: float | None,
    ) -> str | None:
        if isinstance(got, Raised) and got.kind == "NotImplementedError":
            return "the answer is still to be written: replace the raise by your own lines"
        if got is None:
            return "nothing is returned: a return statement is missing"
        for mistake in self.mistakes:
            if mistake.when is not None:
                hit = attempt(lambda m=mistake: m.when(got, expected, *args, **kwargs))  # type: ignore[misc]
                if hit is True:
                    return mistake.message
            if mistake.wrong is not None:
                wrong = self._run(mistake.wrong, args, kwargs)
                if not same(wrong, expected, tolerance) and same(got, wrong, tolerance):
                    return mistake.message
        return None


def _where(error: BaseException) -> list[str]:
    """The line of the learner's own that raised."""
    if remote := getattr(error, "where", None):  # from the learner's process, while graded
        return [f"  raised in: {remote}"]
    frames = [
        f
        for f in traceback.extract_tb(error.__traceback__)
        if "ipykernel" in f.filename or f.filename.startswith("<ipython")
    ]
    if not frames:
        return []
    last = frames[-1]
    return [f"  raised in: line {last.lineno} of your cell, in {last.name}: {last.line or ''}"]


@dataclass
class Exercise:
    """The answers of one exercise, their points, and which are done in this session."""

    name: str
    written: int = 0
    checks: dict[str, Any] = field(default_factory=dict)
    visible: dict[str, int] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def check(self, name: str, *, visible: int, hidden: int, **kwargs: Any) -> Check:
        """Add the answer `name`, worth `visible` and `hidden` points, and return its check."""
        self.visible[name], self.hidden[name] = visible, hidden
        self.checks[name] = Check(self, name, **kwargs)
        return self.checks[name]

    def passed(self, name: str) -> None:
        """Note that the visible tests of `name` passed, and print how far the learner is."""
        self.done.add(name)
        so_far = sum(self.visible[n] for n in self.done)
        total = sum(self.visible.values())
        waiting = sum(self.hidden[n] for n in self.done)
        bar = " ".join(f"{'■' if n in self.done else '□'} {n}" for n in self.visible)
        print(f"✓ {name}: the visible tests pass.")
        print(bar)
        print(
            f"Points so far: {so_far} of {total}. Hidden tests decide on {waiting} more for these"
            f" answers when you hand in ({sum(self.hidden.values())} in all"
            + (f", and {self.written} by hand)." if self.written else ").")
        )
