"""Attention weights, and words for their tokens, that hidden cases call the answers with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks.check import Check


def random_weights(*shape: int, dim: int = -1) -> Tensor:
    return torch.randn(*shape).softmax(dim)


def sparse_weights(n: int) -> Tensor:
    """Random weights, half of them 0."""
    others = (torch.rand(n, n) < 0.5) & ~torch.eye(n).bool()
    return torch.randn(n, n).masked_fill(others, -math.inf).softmax(-1)


def case_of(check: Callable[..., Any], *weights: Tensor | tuple[int, ...]) -> Callable[[Any], Any]:
    """A case with these weights, or weights of these shapes."""
    return lambda f: [check(f, w if isinstance(w, Tensor) else random_weights(*w)) for w in weights]


def all_kinds(check: Callable[..., Any], *shape: int) -> Callable[[Any], Any]:
    """A case with weights of another dtype, and of another layout in memory."""
    return lambda f: [
        check(f, random_weights(*shape).double()),
        check(f, random_weights(*shape, dim=-2).mT),
    ]


def with_words(check: Check) -> Callable[..., Any]:
    """The check, with as many words for tokens as there are queries."""
    return lambda f, w, **given: check(f, w, WORDS[: len(w)], **given)


EYE = torch.eye(6)  # all of a query's weight on itself
WORDS = 8 * ["The", "cat", "saw", "The", "no", "##body", "'", "s", "Dogs", ".", "[SEP]"]
