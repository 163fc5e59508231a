"""What can be seen of a result, for `Seen`: predicates that several exercises share.

Each takes or gives a function of `(got, expected, *args, **kwargs)`. `got` is what an answer gave,
or a `Raised`. Where an answer gives several results, `part(i, predicate)` looks at one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks.compare import Raised, same

Predicate = Callable[..., bool]

_OF_DIMENSIONS = re.compile(
    r"dim|shape|size|matrix|unpack|permut|ax[ei]s|\d-?D\b|batch|\bind(ex|ices)\b|elements?\b",
    re.IGNORECASE,
)

_ASKS_FOR_OTHERS = (
    *("unpack", "3D", "Dimension out of range", "number of dimensions", "batch1 must"),
    *("only one element tensors", "a Tensor with"),
)


def part(index: int, predicate: Predicate) -> Predicate:
    """`predicate` of one of several results."""

    def when(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
        several = isinstance(got, list | tuple) and len(got) == len(expected)
        return several and predicate(got[index], expected[index], *args, **kwargs)

    return when


def any_part(predicate: Predicate) -> Predicate:
    """`predicate` of any of several results."""

    def when(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
        several = isinstance(got, list | tuple) and len(got) == len(expected)
        return several and any(
            predicate(g, e, *args, **kwargs) for g, e in zip(got, expected, strict=True)
        )

    return when


def comes_back(*kinds: type) -> Predicate:
    """A result of one of these types."""
    return lambda got, *args, **kwargs: isinstance(got, kinds)


def any_item(is_so: Callable[[Any], bool]) -> Predicate:
    """A list or tuple, some of its items so."""
    return lambda got, *args, **kwargs: isinstance(got, list | tuple) and any(map(is_so, got))


def other_count(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    """A list or tuple of another length than the right one."""
    return isinstance(got, list | tuple) and len(got) != len(expected)


def raised(*kinds: str, says: str = "") -> Predicate:
    """An exception of one of these kinds (of any where none is named) whose message has `says`."""

    def when(got: Any, *args: Any, **kwargs: Any) -> bool:
        return (
            isinstance(got, Raised)
            and (not kinds or any(kind in got.kinds for kind in kinds))
            and says in got.message
        )

    return when


def other_shape(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    """A tensor of another shape than the right one."""
    return isinstance(got, Tensor) and got.shape != expected.shape


def other_last_size(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    """A tensor of the right shape but for its last dimension."""
    return other_shape(got, expected) and got.shape[:-1] == expected.shape[:-1]


def same_shape(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    """A tensor of the right shape and dtype, with other numbers."""
    alike = isinstance(got, Tensor) and (got.shape, got.dtype) == (expected.shape, expected.dtype)
    return alike and not same(got, expected)


def transposed_shape(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    """A tensor whose last two dimensions are the wrong way round."""
    return (
        isinstance(got, Tensor)
        and got.dim() >= 2
        and got.shape != expected.shape
        and got.mT.shape == expected.shape
    )


def transposed(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    """As `transposed_shape`, or the right numbers so in a square."""
    turned = isinstance(got, Tensor) and got.dim() >= 2 and same(got.mT, expected)
    return transposed_shape(got, expected) or (turned and not same(got, expected))


def other_dtype(*dtypes: torch.dtype) -> Predicate:
    """A tensor of another dtype than the right one: of one of these where any are named."""

    def when(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
        return (
            isinstance(got, Tensor)
            and got.dtype != expected.dtype
            and (not dtypes or got.dtype in dtypes)
        )

    return when


def not_finite(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    """A tensor with NaN or infinity where the right one has none."""
    if not isinstance(got, Tensor) or not bool(expected.isfinite().all()):
        return False
    return not bool(got.isfinite().all())


def numbers_moved(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    """The right numbers in the wrong places."""
    if not isinstance(got, Tensor) or got.numel() != expected.numel():
        return False
    return torch.equal(got.flatten().sort()[0], expected.flatten().sort()[0])


def nearly_right(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    """The right shape, and numbers that are off by less than a hundredth."""
    return (
        isinstance(got, Tensor)
        and got.shape == expected.shape
        and bool((got.double() - expected.double()).abs().max() < 0.01)
    )


def batch_fails(usual: int) -> Predicate:
    """Trouble with an input `args[0]` that has not the usual number of dimensions: another shape.

    Or an error that speaks of dimensions; with the usual number, one that asks for others.
    """

    def when(got: Any, expected: Any, x: Tensor, *args: Any, **kwargs: Any) -> bool:
        if isinstance(got, Raised) and x.dim() == usual:
            return any(words in got.message for words in _ASKS_FOR_OTHERS)
        if isinstance(got, Raised):
            return bool(_OF_DIMENSIONS.search(got.message))
        if x.dim() == usual or isinstance(got, list | tuple) != isinstance(expected, list | tuple):
            return False
        first_got = got[0] if isinstance(got, list | tuple) else got
        first = expected[0] if isinstance(expected, list | tuple) else expected
        return isinstance(first_got, Tensor) and first_got.shape != first.shape

    return when


def says(*words: str) -> Predicate:
    """An exception whose message holds one of the words."""
    return lambda got, *args, **kwargs: any(word in got.message for word in words)


def right_at(position: int) -> Predicate:
    """Of several positions, this one is right."""
    return lambda got, expected, *_, **__: (
        got.shape[-2] > 1 and same(got[..., position, :], expected[..., position, :], 1e-4)
    )


def _ends_right(got: Any, right: Any, *_: Any, **__: Any) -> bool:
    """A text or list whose end is right, with more in front of it."""
    if not isinstance(right, str):
        got, right = (list(one) if isinstance(one, list | tuple) else [] for one in (got, right))
    return len(got) > len(right) > 0 and bool(got[-len(right) :] == right)


KEPT = {
    "there is more in front of what is right: begin anew in each call, as a list that is made in "
    "the def line, or outside of the function, keeps what it holds": _ends_right
}

SEVERAL_CAME = {"more than a tensor comes back: return it alone": comes_back(list, tuple)}

MATH_OF_A_TENSOR = {
    "math.sqrt takes a single number, as float() does, and a tensor has several: torch.sqrt or "
    ".sqrt() takes each": says("converted to Scalar", "only one element tensors")
}

SINGLE_NUMBERS = {
    "Python's max, min, if and the like ask for single numbers, and a tensor has several: use "
    "torch's own (amax, where), along a dim": raised("RuntimeError", says="Boolean value of Tensor")
}

NOT_CALLED = {
    "parentheses are missing: without them a function isn't called": says(
        "'builtin_function_or_method'", "'method'", "'function'"
    )
}
