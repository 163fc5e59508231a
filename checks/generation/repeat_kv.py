"""Repeat key and value heads: what often goes wrong, and hidden cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from checks.generation.exercise import EXERCISE
from checks.seen import batch_fails, comes_back, numbers_moved, other_shape
from reference.block import repeat_kv

check_repeat_kv = EXERCISE.check(
    "repeat_kv",
    reference=repeat_kv,
    expects="(..., n_kv_heads * n_repeats, n, d_head): each head n_repeats times in a row (0, 0, "
    "1, 1, …), so that query head h meets key head h // n_repeats",
    wrong={
        "let each head stand n_repeats times in a row (0, 0, 1, 1, …)": {
            "repeated = torch.cat([x] * n_repeats, -3)": "all heads come again and again (0, 1, 0, "
            "1, as repeat, tile or cat give them)",
        },
        "repeat the heads, the third dimension from the end, (..., n_kv_heads, n, d_head)": {
            "repeated = x.repeat_interleave(n_repeats, -2)": "the positions are repeated (dim -2)",
            "repeated = torch.cat([x] * n_repeats, -2)": "the positions are repeated (dim -2)",
            "repeated = x.repeat_interleave(n_repeats, -1)": "the features are repeated (dim -1)",
            "repeated = torch.cat([x] * n_repeats, -1)": "the features are repeated (dim -1)",
            "repeated = x.repeat_interleave(n_repeats, 0)": "the first dimension is repeated (dim "
            "0)",
            "repeated = x.repeat_interleave(n_repeats)": "no dim is given, so that "
            "repeat_interleave flattens x and repeats each number",
            "repeated = x.repeat_interleave(n_repeats, 1)": "dimension 1 is repeated, which the "
            "heads are only with one batch dimension",
        },
        "give each head n_repeats times": {
            "repeated = x": "x comes back as it was",
            "(n_repeats, -> (n_repeats + 1,": "each head comes once too often (n_repeats + 1)",
            "(n_repeats, -> (max(n_repeats - 1, 1),": "each head comes too seldom (n_repeats - 1)",
        },
        "put copies into the heads' dimension, (..., n_kv_heads * n_repeats, n, d_head)": {
            "repeated = torch.stack([x] * n_repeats, -3)": "there is a dimension too many",
            "repeated = torch.stack([x] * n_repeats, -4)": "there is a dimension too many",
            "repeated = x.repeat_interleave(n_repeats, -3).flatten(0, -3)": "the batch is joined "
            "with the heads",
        },
    },
    seen={
        "a list of heads comes back: make one tensor of them (torch.stack)": comes_back(
            list, tuple
        ),
        "the right numbers, but each head's copies don't stand in a row (0, 0, 1, 1, "
        "…)": lambda got, right, *_: not other_shape(got, right) and numbers_moved(got, right),
        "the batch is not handled: x may have any number of leading dimensions, also none; count "
        "from the end (dim -3)": batch_fails(4),
        "the shape is not (..., n_kv_heads * n_repeats, n, d_head)": other_shape,
    },
)
"""`check_repeat_kv(repeat_kv, x, n_repeats)`, `x` `(..., n_kv_heads, n, d_head)`."""


def _repeats(*cases: tuple[int, ...]) -> Callable[[Any], Any]:
    """A case of x of shapes that n_repeats follows."""
    return lambda f: [check_repeat_kv(f, torch.randn(*shape), r) for *shape, r in cases]


EXERCISE.cases["repeat_kv"] = {
    "each head n_repeats times in a row": _repeats((2, 3, 4, 5, 2), (1, 2, 6, 3, 4)),
    "x of shape (..., n_kv_heads, n, d_head)": _repeats((3, 4, 5, 3), (2, 2, 3, 4, 5, 2)),
    "a single head, a single repeat, sizes that are alike": _repeats(
        (2, 1, 3, 4, 5), (2, 3, 4, 5, 1), (4, 4, 4, 4, 4)
    ),
    "the dtype of x, in any memory layout": lambda f: check_repeat_kv(
        f, torch.randn(2, 4, 3, 5, dtype=torch.float64).transpose(1, 2), 2
    ),
}
