"""What training does to a prediction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes

from helpers.plotting.common import (
    HATCHES,
    PALETTE,
    as_array,
    as_labels,
    describe,
    join_words,
    new_axes,
)


def plot_training_step(
    before: Any,
    after: Any,
    words: Sequence[str],
    right: int,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """The probabilities of the next word before and after a step, side by side, with their values.

    Args:
        before, after: ``(vocab_size,)``, not negative.
        words: the ``vocab_size`` words; the one that really came is marked under its bars.
        right: which of them came, counted from 0.

    Raises:
        ValueError: a negative probability, no such word, or shapes and words don't fit.
    """
    shares = {"before": as_array("before", before, 1), "after": as_array("after", after, 1)}
    n = shares["before"].size
    for name, array in shares.items():
        if array.size != n:
            raise ValueError(f"{name} has {array.size} values: it must have {n}, as before has")
        if array.min() < 0:
            raise ValueError(f"{name} goes down to {array.min():.4g}: probabilities are 0 or more")
    labels = as_labels("words", words, n, "probability")
    if not 0 <= right < n:
        raise ValueError(f"right is {right}: it must be 0 to {n - 1}")
    labels[right] += "\n(came next)"
    ax = new_axes(ax, min(2.2 + 0.95 * n, 9), 3.4)
    for index, (name, array) in enumerate(shares.items()):
        bars = ax.bar(
            np.arange(n) + 0.4 * index - 0.2, array, 0.38, label=name,
            color=PALETTE[index], edgecolor="black", linewidth=0.6, hatch=HATCHES[index],
        )  # fmt: skip
        ax.bar_label(bars, [f"{value:.2f}" for value in array], fontsize=8, padding=1)
    ax.set_xticks(range(n), labels)
    ax.set(xlabel="next word", ylabel="probability", ylim=(0, 1))
    ax.set_title(title or "One training step")
    ax.legend(frameon=False, fontsize=9)
    sns.despine(ax=ax)
    moves = [
        f"{w} from {a:.2f} to {b:.2f}" for w, a, b in zip(words, *shares.values(), strict=True)
    ]
    return describe(
        ax,
        f"{ax.get_title()}. Two bars for each of {n} words, its probability before and after: "
        f"{join_words(moves)}. The word that came next is {words[right]}.",
    )
