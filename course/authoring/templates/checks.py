"""Exercise 0-template: of its answer what often goes wrong, and hidden cases."""

from __future__ import annotations

import torch
from torch import Tensor

from checks import seen
from checks.check import Exercise
from checks.run import for_test_cells

EXERCISE = Exercise("0-template", ("double",))
__getattr__ = for_test_cells(EXERCISE)


def _double(x: Tensor) -> Tensor:
    return 2 * x


check_double = EXERCISE.check(
    "double",
    reference=_double,
    expects="every number of x times 2, in the shape and dtype of x",
    wrong={
        "every number is multiplied by 2": {
            "return x": "x comes back as it was",
            "return x + 2": "2 is added",
            ("return x ** 2", "return 2 ** x"): "a power is taken",
            "return torch.cat((x, x), -1)": "x is repeated",
        },
        "the result keeps the dtype of x": {
            "return (2 * x).float()": "the result is converted to float32",
        },
    },
    seen={"a list comes back: make a torch tensor of it": seen.comes_back(list, tuple)},
)

EXERCISE.cases["double"] = {
    "x of any shape": lambda f: [
        check_double(f, torch.randn(shape)) for shape in ((5,), (2, 3), (2, 1, 4))
    ],
    "the dtype of x": lambda f: check_double(f, torch.randn(3, dtype=torch.float64)),
    "x in any memory layout": lambda f: check_double(f, torch.randn(4, 3).mT),
}
