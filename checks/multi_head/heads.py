"""Heads, whichever answer splits or merges them: refusals, messages and batches."""

from __future__ import annotations

from typing import Any

import torch

from checks.check import Check
from checks.seen import Predicate, raised, says

BATCHES = ((2,), (2, 4), (2, 1, 3), (1,))
DTYPES = (torch.float64, torch.float16)


def refuses(check: Check, answer: Any, given: Any, d_model: int, n_heads: int) -> Any:
    """Check that heads that don't divide `d_model` are refused by `answer(given, n_heads)`."""
    says = ("n_heads", "d_model", "head", "dim", "embed", str(d_model), str(n_heads))
    why = f"{n_heads} heads don't divide d_model = {d_model} features without remainder"
    check.raises(answer, ValueError, given, n_heads, says=says, why=why)


def _refused(got: Any, *args: Any, **kwargs: Any) -> bool:
    of_shapes = ("unpack", "array", "axes", "axis")  # Python's own words, or NumPy's
    return raised("ValueError")(got) and not any(word in got.message for word in of_shapes)


REFUSED: dict[str, Predicate] = {
    "good input is refused: a ValueError belongs to heads that don't divide d_model, "
    "d_model % n_heads != 0, and to nothing else": _refused,
}
VIEW = {
    "a size is a float: d_model / n_heads gives one, d_model // n_heads a whole number": (
        lambda got, *_, **__: (
            raised("TypeError")(got)
            and any(word in got.message for word in ("float", "slice indices must be integers"))
        )
    ),
    "view needs a contiguous tensor, and a transposed one is not: use reshape, flatten or "
    ".contiguous() first": raised(says="view size is not compatible"),
}
RESHAPED: dict[str, Predicate] = {
    "a view (reshape) has more or fewer numbers than x, as where a size is fixed, or a batch is "
    "not handled: keep all leading dimensions, and take each size from x and n_heads": says(
        "is invalid for input of size", "don't multiply up to the size"
    )
}
BATCH = (
    "the batch is not handled: x may have any number of leading dimensions, also none (count "
    "dimensions from the end, as in transpose(-3, -2))"
)
MOVED = "the shape is right but numbers are in the wrong places: swap (transpose) "
FRONT = "dimensions are counted from the front, transpose(1, 2), which fits one batch dimension"
DEALT = "features are dealt out to the heads in turn (interleaved)"
