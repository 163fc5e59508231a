"""Sizes for hidden cases, drawn from the test's own random state: no two learners get the same."""

from __future__ import annotations

from typing import Any

import torch


def a_size(least: int, most: int) -> int:
    """Any whole number from `least` to `most`."""
    return int(torch.randint(least, most + 1, ()))


def some_heads(grouped: bool, own_size: bool) -> dict[str, Any]:
    """`d_model`, `n_heads`, `n_kv_heads` and `d_head` that go together.

    `n_kv_heads` is None unless `grouped`, and `d_head` None unless heads have a size of their own.
    """
    n_kv_heads, d_head = a_size(2, 5), a_size(3, 9)
    n_heads = n_kv_heads * a_size(6, 9)
    return {
        "d_model": n_heads * d_head,
        "n_heads": n_heads,
        "n_kv_heads": n_kv_heads if grouped else None,
        "d_head": d_head + a_size(1, 6) if own_size else None,
    }


def a_model(grouped: bool, own_size: bool) -> dict[str, Any]:
    """Fields of a `ModelConfig` with `some_heads`: those that have no default, and theirs."""
    sizes = {"vocab_size": a_size(80, 150), "n_layers": a_size(2, 6), "d_ff": a_size(20, 90)}
    return sizes | some_heads(grouped, own_size)
