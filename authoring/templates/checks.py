"""Exercise 0-template: points, references, known misconceptions and hidden cases."""

from __future__ import annotations

import torch
from torch import Tensor

from checks.check import Exercise
from checks.mistakes import Seen, instead_of
from checks.seen import comes_back

EXERCISE = Exercise("0-template")
passed, hidden_tests = EXERCISE.passed, EXERCISE.hidden_tests


def _double(x: Tensor) -> Tensor:
    return 2 * x


check_double = EXERCISE.check(
    "double",
    visible=1,
    hidden=2,
    arguments=("x",),
    reference=_double,
    expects="every number of x times 2, in the shape and dtype of x",
    mistakes=(
        *instead_of(
            "2 * x",
            right="every number is multiplied by 2",
            wrong={
                "x": "x comes back as it was",
                "x + 2": "2 is added",
                ("x ** 2", "2 ** x"): "a power is taken",
                "torch.cat((x, x), -1)": "x is repeated",
            },
        ),
        *instead_of(
            "2 * x",
            right="the result keeps the dtype of x",
            wrong={"(2 * x).float()": "the result is converted to float32"},
        ),
        Seen("a list comes back: make a torch tensor of it", comes_back(list, tuple)),
    ),
)

EXERCISE.contract(
    "double",
    {
        "x of any shape": lambda f: [
            check_double(f, torch.randn(shape)) for shape in ((5,), (2, 3), (2, 1, 4))
        ],
        "the dtype of x": lambda f: check_double(f, torch.randn(3, dtype=torch.float64)),
        "x in any memory layout": lambda f: check_double(f, torch.randn(4, 3).mT),
    },
)
