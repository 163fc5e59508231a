"""A pair of a query and of a key, turned by their positions."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.explorables.output import Explorable
from helpers.plotting import plot_rotation
from helpers.plotting.common import as_array, new_axes


def explore_rotation(
    question: str,
    query: Any,
    key: Any,
    *,
    query_at: int,
    key_at: int,
    d_head: int,
    base: float = 10000.0,
    last: int = 40,
) -> Explorable:
    """One pair of features of a query and of a key that RoPE turns, at positions of one's choice.

    The reader also chooses which of the ``d_head/2`` pairs it is. The still picture shows the
    first one where it begins, and 4 positions further on.

    Args:
        question: what the reader finds out by trying; it ends with a question mark.
        query, key: ``(2,)`` each, neither of length 0.
        query_at, key_at: the positions with which it begins, 0 to `last`.
        d_head, base: pair ``i`` turns by ``base**(-2i/d_head)`` radians a position.
        last: the last position to choose.

    Raises:
        ValueError: a pair isn't two numbers or is 0, or a position is out of reach.
    """
    pairs = {name: as_array(name, its, 1) for name, its in (("query", query), ("key", key))}
    for name, pair in pairs.items():
        if pair.shape != (2,) or not pair.any():
            raise ValueError(f"{name} is {pair.tolist()}: it must be two numbers, not both 0")
    if not (0 <= query_at <= last and 0 <= key_at <= last):
        raise ValueError(f"query_at, key_at are {query_at}, {key_at}: they must be 0 to {last}")
    places = np.array([query_at, key_at, query_at + 4, key_at + 4])
    both = np.array([complex(*pair) for pair in pairs.values()])
    turned = np.tile(both, 2) * np.exp(1j * places)
    first, second = (turned[::2] * turned[1::2].conjugate()).real
    labels = [f"{name} at {place}" for name, place in zip("qkqk", places, strict=True)]
    title = f"The score is {first:.2f}, and 4 further on {second:.2f}"
    arrows = np.stack([turned.real, turned.imag], axis=1)
    still = plot_rotation(arrows, new_axes(None, 4.4, 4.2), title, labels)
    data = {
        "query": pairs["query"].round(4).tolist(),
        "key": pairs["key"].round(4).tolist(),
        "query_at": query_at,
        "key_at": key_at,
        "turns": [round(base ** (-2 * i / d_head), 9) for i in range(d_head // 2)],
        "last": last,
    }
    return Explorable("rotation", question, data, still)
