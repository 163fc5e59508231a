"""A pair of a query and of a key, turned by their positions."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from helpers.explorables.output import Explorable
from helpers.plotting import plot_rotation
from helpers.plotting.common import as_array


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

    The reader also chooses which of the ``d_head/2`` pairs it is. The still picture shows the first
    one at position 0, where it begins, and 4 positions further on.

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
    still, axes = plt.subplots(1, 3, figsize=(7.6, 2.7), layout="constrained", sharey=True)
    both = np.array([complex(*pair) for pair in pairs.values()])
    begin = np.array([query_at, key_at])
    for ax, places in zip(axes, (0 * begin, begin, begin + 4), strict=True):
        turned = both * np.exp(1j * places)
        score = (turned[0] * turned[1].conjugate()).real
        title = f"At {places[0]} and {places[1]}: score {score:.2f}"
        labels = [f"{name} at {place}" for name, place in zip("qk", places, strict=True)]
        plot_rotation(np.stack([turned.real, turned.imag], axis=1), ax, title, labels)
        ax.set(ylabel="second feature" if ax is axes[0] else "", xlabel="first feature of the pair")
    data = {
        "query": pairs["query"].round(4).tolist(),
        "key": pairs["key"].round(4).tolist(),
        "query_at": query_at,
        "key_at": key_at,
        "turns": [round(base ** (-2 * i / d_head), 9) for i in range(d_head // 2)],
        "last": last,
    }
    return Explorable("rotation", question, data, still)
