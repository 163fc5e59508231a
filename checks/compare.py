"""What came back from an answer: how it reads in words, and how it differs from what is right."""

from __future__ import annotations

import builtins
import contextlib
import io
import math
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from checks.kernel import is_a_cell
from checks.message import Table, WrongAnswer

TOLERANCE = {torch.float16: 5e-3, torch.bfloat16: 3e-2}
ORDINARY_TOLERANCE = 1e-5
SHOWN_VALUES = 12
FEW_VALUES = 3
"""Numbers of a tensor that are told where it is; those of larger ones come last."""
MOST_TOLD = 2_000
"""Numbers in a tensor whose shape is told of a hidden test."""
MOST_DIMENSIONS_TOLD = 5
MOST_ITEMS_TOLD = 10
WINDOW = 8
"""Rows of a table, and columns."""
_discreet = ContextVar("discreet", default=False)


@contextlib.contextmanager
def discreetly() -> Iterator[None]:
    """In here, words tell the kind of a value and no more: an answer could hand back its inputs."""
    token = _discreet.set(True)
    try:
        yield
    finally:
        _discreet.reset(token)


def is_discreet() -> bool:
    return _discreet.get()


_KEYBOARD = ("NameError", "AttributeError", "ImportError", "SyntaxError")
_OF_A_VALUE = tuple(
    f"'{kind}' object has no"
    for kind in (
        *("NoneType", "bool", "int", "float", "list", "tuple", "generator"),
        "torch.return_types.max",
    )
)
"""How an AttributeError begins where another value than expected was at hand."""


class Amiss:
    """A module of which there is no result to compare; `problem` tells the learner why."""

    problem = ""

    def __repr__(self) -> str:
        return "a module that is not as asked for"


@dataclass(frozen=True)
class Raised:
    """What an answer raised, so that it can be compared like a result.

    Args:
        kind: the exception's class.
        message: its text.
        kinds: its class and all that this derives from.
        where: the line of the answer's cell that raised it, in words, and what it called there if
            that stands in another cell; or empty.
    """

    kind: str
    message: str
    kinds: tuple[str, ...] = field(default=(), compare=False)
    where: str = field(default="", compare=False)

    @classmethod
    def by(cls, error: Exception) -> Raised:
        kinds = tuple(kind.__name__ for kind in type(error).__mro__)
        return cls(kinds[0], _text(error).strip(), kinds, _where(error))

    @property
    def undefined(self) -> str:
        """The name that a NameError misses; of a hidden test none, nor of other exceptions."""
        missed = re.match(r"name '(\w+)' is not defined", self.message)
        told = missed and self.kind == "NameError" and not _discreet.get()
        return missed[1] if missed and told else ""

    @property
    def of_the_keyboard(self) -> bool:
        """Whether it tells of a misspelt word in the learner's code, not of a misconception."""
        if not self.where or self.message.startswith(_OF_A_VALUE):
            return False
        return any(kind in self.kinds for kind in _KEYBOARD) or (
            "TypeError" in self.kinds and "unexpected keyword argument" in self.message
        )

    @property
    def told(self) -> str:
        """Its class, or of a hidden test that of Python's own from which it derives."""
        if not _discreet.get():
            return self.kind
        classes = ((kind, getattr(builtins, kind, None)) for kind in (*self.kinds, "Exception"))
        return next(k for k, c in classes if isinstance(c, type) and issubclass(c, Exception))

    def __str__(self) -> str:
        message = "" if _discreet.get() else self.message
        return f"{self.told}: {message}" if message else self.told


@dataclass(frozen=True)
class PlainNumber:
    """A number that is no tensor, where a tensor is asked for."""

    value: float

    def __repr__(self) -> str:
        return f"{self.value:.4g}, a plain number"


def as_seen(result: Any) -> Any:
    """`result`, where a number isn't to pass for a tensor of no dimensions."""
    plain = isinstance(result, int | float | np.number)
    return PlainNumber(float(result)) if plain else result


def _text(error: Exception) -> str:
    """What it says; of a misspelt name also what Python takes to be meant."""
    if not isinstance(error, NameError | AttributeError):
        return str(error)
    with contextlib.redirect_stderr(io.StringIO()) as shown:  # where Python 3.11 says it, too
        sys.__excepthook__(type(error), error, error.__traceback__)
    meant = re.search(r"Did you [^\n\x1b]+\?(?=\s*(\x1b\S*m)*\s*\Z)", shown.getvalue())
    return f"{error}. {meant[0]}" if meant else str(error)


def _where(error: Exception) -> str:
    if remote := getattr(error, "where", None):  # from the learner's process, while graded
        return str(remote)
    trace = error.__traceback__
    names = (frame.f_code.co_qualname for frame, _ in traceback.walk_tb(trace))
    frames = zip(traceback.extract_tb(trace), names, strict=True)
    cells = [(at, name) for at, name in frames if is_a_cell(at.filename)]
    if not cells:
        return ""
    # The answer's own cell comes first: a line of another one would be looked for in this.
    own = [at for at, _ in cells if at.filename == cells[0][0].filename][-1]
    last, called = cells[-1]
    deeper = "" if last is own else f"\nin {called}, which your answer calls: {last.line or ''}"
    return f"line {own.lineno} of your cell, in {own.name}: {own.line or ''}{deeper}"


def describe(value: Any, most: int = SHOWN_VALUES) -> str:
    """`value` in a few words: type, shape and the numbers of a tensor with at most `most`."""
    if isinstance(value, torch.Tensor):
        kind = f"{str(value.dtype).removeprefix('torch.')} tensor{_of_shape(value)}"
        if value.numel() <= most and not _discreet.get():
            return f"{kind}: {_numbers(value)}"
        return kind
    if isinstance(value, np.ndarray):
        return f"NumPy array{_of_shape(value)}"
    few = isinstance(value, bool | None) or (isinstance(value, int) and abs(value) < 10)
    if _discreet.get() and not few and not isinstance(value, Raised):
        kind = type(value).__name__
        return f"a value of type {kind}" if hasattr(builtins, kind) else "an object"
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        kind = type(value).__name__
        if len(value) <= SHOWN_VALUES:
            if not any(isinstance(v, torch.Tensor | list | tuple | dict) for v in value):
                return repr(value)
            return f"{kind} of {len(value)}: " + "; ".join(describe(v, most) for v in value)
        return f"{kind} of {len(value)} items"
    if isinstance(value, Mapping):
        return "dict with " + ", ".join(
            f"{k!r}: {describe(v, most)}" for k, v in list(value.items())[:12]
        )
    if isinstance(value, Raised):
        return f"an exception, {value}"
    text = repr(value)
    return text if len(text) <= 200 else text[:197] + "..."


def numbers(name: str, value: Any, parts: Sequence[str] = ()) -> Iterator[str]:
    """The numbers of tensors in `value` that `describe(value, FEW_VALUES)` leaves out, by name."""
    if _discreet.get():
        return
    if isinstance(value, torch.Tensor):
        if FEW_VALUES < value.numel() <= SHOWN_VALUES:
            yield f"{name} = {_numbers(value)}"
    elif isinstance(value, list | tuple) and len(value) <= SHOWN_VALUES:
        for i, part in enumerate(value):
            yield from numbers(f"{name} {parts[i]}" if i < len(parts) else f"{name}[{i}]", part)


def _of_shape(value: torch.Tensor | np.ndarray) -> str:
    return f" of shape {tuple(value.shape)}" if _is_told(value) else ""


def _is_told(value: torch.Tensor | np.ndarray) -> bool:
    """Whether its shape is: a large one could hold an input."""
    few = len(value.shape) <= MOST_DIMENSIONS_TOLD and 0 < math.prod(value.shape) <= MOST_TOLD
    return few or not _discreet.get()


def _numbers(value: torch.Tensor) -> str:
    return str(_rounded(value.detach().tolist()))


def _rounded(x: Any) -> Any:
    if isinstance(x, list):
        return [_rounded(y) for y in x]
    return float(f"{x:.4g}") if isinstance(x, float) else x


def tables(
    got: Any, expected: Any, tolerance: float | None = None, parts: Sequence[str] = ()
) -> Iterator[Table]:
    """What came back and what was expected, where these are numbers of one shape that differ.

    Of several results it is the first that differs, of more than two dimensions the matrix that
    differs first, of a large one the window where it does. Of a hidden test nothing is shown.
    """
    if _discreet.get():
        return
    got, expected, place = _first_apart(got, expected, tolerance, parts)
    came_back, right = _as_tensor(got), _as_tensor(expected)
    if came_back is None or right is None or came_back.shape != right.shape:
        return
    wrong = _apart(came_back, right, tolerance, nan_equal=False)
    if wrong.dim() and bool(wrong.any()):
        first = wrong.nonzero()[0].tolist()
        yield _window("came back", came_back, first, place, wrong)
        yield _window("expected", right, first, place)


def _window(
    label: str,
    numbers: torch.Tensor,
    first: Sequence[int],
    place: str,
    wrong: torch.Tensor | None = None,
) -> Table:
    """The part of the numbers around the index `first`; those at `wrong` are marked."""
    outer, kinds = tuple(first[:-2]), ("rows", "columns" if len(first) > 1 else "places")
    where = [place, f"at {list(outer)}" if outer else ""]
    begins = []
    shape, index = [1, *numbers.shape][-2:], [0, *first][-2:]
    for kind, at, size in zip(kinds, index, shape, strict=True):
        begin = max(0, min(at // WINDOW * WINDOW, size - WINDOW))
        begins.append(begin)
        if size > WINDOW:
            where.append(f"{kind} {begin}–{begin + WINDOW - 1} of {size}")
    row, column = begins

    def part(of: torch.Tensor) -> torch.Tensor:
        return torch.atleast_2d(of[outer])[row : row + WINDOW, column : column + WINDOW]

    cells = [[str(_rounded(number)) for number in line] for line in part(numbers).tolist()]
    marked = part(wrong).nonzero().tolist() if wrong is not None else ()
    text = ", ".join(filter(None, where))
    return Table(label, cells, [(i, j) for i, j in marked], (row, column), text)


def _first_apart(
    got: Any, expected: Any, tolerance: float | None, parts: Sequence[str], place: str = ""
) -> tuple[Any, Any, str]:
    """Of several results the first that differs, and what it is called."""
    several: Iterable[tuple[str, Any, Any]] = ()
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        several = [(f"entry {key!r}", got.get(key), value) for key, value in expected.items()]
    elif isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        names = [*parts, *(f"item no. {i + 1}" for i in range(len(parts), len(got)))]
        several = zip(names, got, expected, strict=False) if _as_tensor(expected) is None else ()
    for name, one, right in several:
        if difference(one, right, tolerance=tolerance):
            return _first_apart(one, right, tolerance, (), ", ".join(filter(None, (place, name))))
    return got, expected, place


def _as_tensor(value: Any) -> torch.Tensor | None:
    """Plain numbers as a tensor, of lists of numbers too."""
    if isinstance(value, torch.Tensor):
        plain = value.layout is torch.strided and not value.is_complex()
        return value.detach() if plain else None
    if isinstance(value, list | tuple):
        rows = value if any(isinstance(row, list | tuple) for row in value) else [value]
        if not all(
            isinstance(row, list | tuple) and all(isinstance(n, int | float) for n in row)
            for row in rows
        ):
            return None
        try:
            value = np.array(value)
        except ValueError:  # rows of different lengths
            return None
    kinds = {"b": np.bool_, "i": np.int64, "f": np.float64}
    if isinstance(value, np.ndarray) and value.dtype.kind in kinds:
        return torch.from_numpy(value.astype(kinds[value.dtype.kind]))
    return None


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
    return difference(got, expected, tolerance=tolerance, label="", nan_equal=True) is None


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
    compared first, so that nothing is broadcast. Lists and tuples are taken for each other. A dict
    may have more entries than asked for where their keys are names (`str`).

    With an empty `label` nobody reads the sentence: it doesn't say where values differ.
    """
    if isinstance(expected, Raised) or isinstance(got, Raised):
        alike = type(got) is type(expected) and got == expected
        return None if alike else f"{label} is {describe(got)}"
    if isinstance(got, Amiss) and got != expected and not _discreet.get():
        return got.problem
    if isinstance(expected, torch.Tensor):
        return _tensor_difference(got, expected, tolerance, label, nan_equal)
    if type(got) is type(expected) and hasattr(expected, "apart"):  # it tells so itself
        return expected.apart(got) or None
    if _is_pair(expected) and label.startswith("item "):
        alike = isinstance(got, list | tuple) and tuple(got) == expected
        return None if alike else _unlike(label, got)
    if isinstance(expected, list | tuple):
        return _items_difference(got, expected, tolerance, label, parts, nan_equal)
    if isinstance(expected, Mapping):
        return _entries_difference(got, expected, tolerance, label, nan_equal)
    return _plain_difference(got, expected, tolerance, label, nan_equal)


def _is_pair(value: Any) -> bool:
    """Whether it is a pair of symbols, which a message shows whole."""
    return isinstance(value, tuple) and all(isinstance(symbol, bytes) for symbol in value)


def _items_difference(
    got: Any,
    expected: Sequence[Any],
    tolerance: float | None,
    label: str,
    parts: Sequence[str],
    nan_equal: bool,
) -> str | None:
    if not isinstance(got, list | tuple):
        return f"{label} should be {len(expected)} things, but is {describe(got)}"
    if len(got) != len(expected):
        told = len(got) <= MOST_ITEMS_TOLD or not _discreet.get()
        count = str(len(got)) if told else "another number"
        return f"{label} should have {len(expected)} items, but has {count}"
    for i, (g, e) in enumerate(zip(got, expected, strict=True)):
        name = parts[i] if i < len(parts) else label and f"item no. {i + 1} of {label}"
        if text := difference(g, e, tolerance=tolerance, label=name, nan_equal=nan_equal):
            return text
    return None


def _entries_difference(
    got: Any,
    expected: Mapping[Any, Any],
    tolerance: float | None,
    label: str,
    nan_equal: bool,
) -> str | None:
    if not isinstance(got, Mapping):
        return f"{label} should be a dict, but is {describe(got)}"
    for key, value in expected.items():
        if key not in got:
            if _discreet.get() and not isinstance(key, str):
                return f"{label} lacks an entry"
            others = "" if _discreet.get() else f"; it has {list(got)}"
            return f"{label} has no entry {key!r}{others}"
        known = isinstance(key, str) or not _discreet.get()
        name = label and (f"entry {key!r}" if known else "an entry")
        text = difference(got[key], value, tolerance=tolerance, label=name, nan_equal=nan_equal)
        if text:
            return text
    more = [key for key in got if key not in expected and not isinstance(key, str)]
    if more:
        which = "" if _discreet.get() else f": {more[0]!r}"
        return f"{label} has an entry too many{which}"
    return None


def _plain_difference(
    got: Any, expected: Any, tolerance: float | None, label: str, nan_equal: bool
) -> str | None:
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
        have = str(tuple(got.shape)) if _is_told(got) else "another one"
        return f"{label} should have shape {tuple(expected.shape)}, but has {have}"
    if got.dtype != expected.dtype:
        want_dtype, have_dtype = (str(t.dtype).removeprefix("torch.") for t in (expected, got))
        return f"{label} should have dtype {want_dtype}, but has {have_dtype}"
    got, expected = got.detach(), expected.detach()
    floating = expected.dtype.is_floating_point
    if floating and not nan_equal and bool((got.isnan() & ~expected.isnan()).any()):
        return f"{label} has NaN in {_places(got.isnan())}"
    wrong = _apart(got, expected, tolerance, nan_equal)
    if not bool(wrong.any()):
        return None
    if not label:
        return "other values"
    if not floating:
        return f"{label} is wrong in {_places(wrong)}"
    gap = (got.double() - expected.double()).abs()[wrong].max().item()
    how_much = "" if _discreet.get() else f", by up to {gap:.3g}"
    return f"{label} is wrong in {_places(wrong)}{how_much}"


def _apart(
    got: torch.Tensor, expected: torch.Tensor, tolerance: float | None, nan_equal: bool
) -> torch.Tensor:
    """Where two tensors of one shape differ."""
    if not expected.dtype.is_floating_point:
        return got != expected
    near = tolerance if tolerance is not None else TOLERANCE.get(got.dtype, ORDINARY_TOLERANCE)
    return ~torch.isclose(
        got.double(), expected.double(), rtol=near, atol=near, equal_nan=nan_equal
    )


def _places(wrong: torch.Tensor) -> str:
    n = int(wrong.sum())
    if wrong.dim() == 0:
        return "its value"
    first = tuple(int(i) for i in wrong.nonzero()[0])
    return f"{n} of {wrong.numel()} places (the first at index {first})"
