"""What a test sees only in the process of the answer, and a result that is no tensor."""

from __future__ import annotations

import contextlib
from typing import Any

from checks.compare import PlainNumber, as_seen
from checks.seen import comes_back
from helpers.onlooker import Onlooker


def onlooker(answer: Any) -> Any:
    """An `Onlooker` in the process of the answer.

    Indexing the answer takes a copy there, which gives itself to `made`, and then fails.
    """
    made: list[Any] = []
    here = Onlooker(made.append)
    with contextlib.suppress(TypeError):
        answer[here]
    return made[-1]


def tensor_of(answer: Any, *args: Any) -> Any:
    """What the answer gives; a number isn't taken for a tensor."""
    return as_seen(answer(*args))


A_NUMBER = {
    "a plain number comes back: return a tensor, which has no dimensions where there is a single "
    "result (leave out .item(), float() and int())": comes_back(PlainNumber),
}
