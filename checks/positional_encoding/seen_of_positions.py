"""What can be seen of any tensor of positions, and hidden cases that are calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from checks.compare import Raised, same
from checks.seen import Predicate, other_dtype, same_shape


def shaped(wrong: Callable[..., list[Any]]) -> Predicate:
    """A tensor of a wrong shape that is one of these, given the right one's sizes."""
    return lambda got, right, *_, **__: (
        got.shape != right.shape and tuple(got.shape) in wrong(*right.shape)
    )


def there(well: bool, where: Callable[[Tensor], Tensor], near: float | None = None) -> Predicate:
    """In a tensor of the right shape, right or wrong numbers where `where` looks."""
    return lambda got, right, *_, **__: (
        same_shape(got, right) and same(where(got), where(right), near) is well
    )


ANY_SHAPE: dict[str, Predicate] = {
    "no tensor comes back, or not only one tensor, such as a NumPy array, a list or a tuple: "
    "one tensor is asked for": lambda got, *_, **__: not isinstance(got, Tensor | Raised),
    "there is an extra dimension of size 1, such as one for a batch, which is not asked for: "
    "squeeze it away": shaped(lambda *b: [(*b[:i], 1, *b[i:]) for i in range(len(b) + 1)]),
    "a dimension is squeezed away or flattened: keep it": lambda got, right, *_, **__: (
        got.dim() < right.dim() and got.numel() == right.numel()
    ),
}
PAIRS_SHAPE: dict[str, Predicate] = {
    "only half of the features come back": shaped(lambda *b: [(*b[:-1], b[-1] // 2)]),
    "pairs stand in a dimension of their own: flatten it, so that the features of a pair are "
    "neighbours": shaped(lambda *b: [(*b[:-1], b[-1] // 2, 2), (*b[:-1], 2, b[-1] // 2)]),
    **ANY_SHAPE,
}
FLOAT32 = {
    "it is in float64: .float() gives float32": other_dtype(torch.float64),
    "it is in half precision: compute in float32": other_dtype(torch.float16, torch.bfloat16),
    "it has whole numbers: .float() gives float32": other_dtype(torch.int64, torch.int32),
}


def case_of(check: Callable[..., Any], *calls: Sequence[Any], **options: Any) -> Any:
    """A hidden case: the calls of an answer."""
    return lambda answer: [check(answer, *call, **options) for call in calls]
