"""Counts of parameters: what goes wrong with any of them, and hidden cases that call for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

from checks.check import Check
from checks.seen import Predicate, comes_back

NO_NUMBER = (Tensor, np.ndarray, str)
NO_FLOAT = "counts are whole numbers (int); divide with //, not with /, multiply by no float"
IN_BYTES = "all is counted twice, or in bytes"
ANY = {
    ("return -> return 2 *", "return -> return 4 *"): IN_BYTES,
    "bias=False -> bias=True": "the default is wrong: bias is False unless given",
}
BIASES = ((False,), (), (True,))
ORDER = "the parameters are taken in another order: any may be given by position"


def number(no_more: str) -> dict[str, Predicate]:
    """What can be seen of a result that should be an int, where nothing else is known."""
    return {
        f"the result is a float: {NO_FLOAT}": comes_back(float, np.floating),
        "the result is a tensor, an array or a text: give an int": comes_back(*NO_NUMBER),
        "several numbers come back: give one int, their sum": comes_back(list, tuple, dict),
        f"too many are counted: {no_more}": lambda got, n, *_, **__: got > n,
        "too few are counted: a matrix or a bias is left out": lambda got, n, *_, **__: got < n,
    }


def case_of(check: Check, *calls: Sequence[Any], biases: Any = BIASES) -> Any:
    """A hidden case: calls of an answer, each with bias=False, without bias and with bias=True."""
    return lambda answer: [check(answer, *call, *bias) for call in calls for bias in biases]
