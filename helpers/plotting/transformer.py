"""What a model predicts, how badly, and what training does to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes

from helpers.plotting.common import (
    DASHES,
    HATCHES,
    PALETTE,
    as_array,
    as_labels,
    as_weights,
    describe,
    draw_heatmap,
    join_words,
    new_axes,
    side_of,
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


def plot_slope(
    x: Any,
    losses: Mapping[str, Any],
    slopes: Mapping[str, float],
    at: float = 0.0,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """The loss as one logit moves, and the straight line that touches it at `at`.

    Args:
        x: ``(n,)``, what the logit is, growing.
        losses: for each word, ``(n,)``: the loss with that word's logit at `x`.
        slopes: for each of the same words, how steep its curve is at `at`.

    Raises:
        ValueError: `losses` and `slopes` name other words, lengths differ, or `at` is outside `x`.
    """
    points = as_array("x", x, 1)
    if not losses or losses.keys() != slopes.keys() or len(losses) > len(PALETTE):
        raise ValueError(
            f"slopes has {list(slopes)}: it must name the words of losses, {list(losses)}"
        )
    if not points[0] <= at <= points[-1]:
        raise ValueError(f"at is {at:g}: it must be between {points[0]:g} and {points[-1]:g}")
    ax = new_axes(ax, 6.5, 3.8)
    facts = []
    for index, (word, values) in enumerate(losses.items()):
        curve = as_array(f"losses[{word!r}]", values, 1)
        if curve.shape != points.shape:
            raise ValueError(
                f"losses[{word!r}] has {curve.size} values: it must have {points.size}, as x has"
            )
        colour, slope = PALETTE[index], slopes[word]
        height = np.interp(at, points, curve)
        ends = at + np.array([-1.1, 1.1])
        ax.plot(
            points, curve, color=colour, linestyle=DASHES[index], lw=2, label=f"logit of {word}"
        )
        ax.plot(ends, height + slope * (ends - at), color="0.25", lw=1)
        ax.plot([at], [height], "o", color=colour, markeredgecolor="black", zorder=3)
        ax.annotate(
            f"slope {slope:+.1f}", (ends[1], height + slope * (ends[1] - at)),
            (-8 if slope < 0 else 4, 0), textcoords="offset points", fontsize=9,
            ha="right" if slope < 0 else "left", va="center",
        )  # fmt: skip
        facts.append(
            f"as the logit of {word} goes from {points[0]:g} to {points[-1]:g} the loss goes from "
            f"{curve[0]:.2f} to {curve[-1]:.2f}, and its slope at {at:g} is {slope:+.1f}"
        )
    ax.set(xlabel="one logit (the others stay at 0)", ylabel="loss (nats)")
    ax.set_title(title or "The loss as one logit moves")
    ax.legend(frameon=False, fontsize=9)
    ax.grid(alpha=0.3)
    sns.despine(ax=ax)
    return describe(
        ax,
        f"{ax.get_title()}. Line chart, with a straight line that touches each curve at {at:g}: "
        f"{'; '.join(facts)}.",
    )


def plot_pairs(
    probabilities: Any, words: Sequence[str], ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Heat map of how likely each word is after each other one: a row for each word read.

    Args:
        probabilities: ``(n, n)``, rows that add up to 1.
        words: the ``n`` words.

    Raises:
        ValueError: a row does not add up to 1, or sizes differ.
    """
    array = as_weights(probabilities, 2)
    labels = as_labels("words", words, array.shape[1], "column")
    if array.shape[0] != array.shape[1]:
        raise ValueError(f"probabilities has shape {array.shape}: it must have a row for each word")
    side = side_of(len(labels))
    ax = new_axes(ax, side + 1.0, side)
    draw_heatmap(array, labels, labels, ax, low=0, high=1, legend="probability", numbers=True)
    ax.set(xlabel="next word", ylabel="word read")
    ax.set_title(title or "How likely each word is after each other one")
    best = [
        f"after {word}: "
        + join_words([f"{labels[i]} {row[i]:.2f}" for i in np.flatnonzero(row > 0.1)])
        for word, row in zip(labels, array, strict=True)
        if row.max() > 0.1
    ]
    return describe(
        ax,
        f"{ax.get_title()}. Heat map, {len(labels)} words read by {len(labels)} next words. "
        f"Above 0.1: {'; '.join(best) or 'nothing'}.",
    )


def plot_token_losses(
    losses: Any,
    tokens: Sequence[str],
    ax: Axes | None = None,
    title: str | None = None,
    *,
    guessing: float,
) -> Axes:
    """A bar for each token that a model had to predict: its loss.

    Args:
        losses: ``(n - 1,)``, in nats; the first is that of the second token.
        tokens: all ``n`` tokens.
        guessing: the loss of a model that finds all tokens equally likely: a line of its own.

    Raises:
        ValueError: `tokens` has not one more than `losses`.
    """
    array = as_array("losses", losses, 1)
    if len(tokens) != array.size + 1:
        raise ValueError(
            f"tokens has {len(tokens)}: it must have {array.size + 1}, one more than losses, since "
            "nothing predicts the first"
        )
    names = [token.strip() for token in tokens[1:]]
    ax = new_axes(ax, min(1.8 + 0.62 * len(names), 9), 3.6)
    bars = ax.bar(range(len(names)), array, color=PALETTE[0], edgecolor="black", linewidth=0.6)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # over the line
    ax.bar_label(bars, [f"{value:.1f}" for value in array], fontsize=9, padding=2, bbox=box)
    ax.axhline(guessing, color=PALETTE[3], ls="--", label=f"knows nothing: {guessing:.1f}")
    ax.set_xticks(range(len(names)), names)
    ax.set(
        xlabel="token that came", ylabel="loss (nats)", ylim=(0, 1.3 * max(array.max(), guessing))
    )
    ax.set_title(title or "How much each token surprised the model")
    ax.legend(frameon=False, fontsize=9, loc="upper right")
    sns.despine(ax=ax)
    facts = [f"{name} {value:.1f}" for name, value in zip(names, array, strict=True)]
    return describe(
        ax,
        f"{ax.get_title()}. Bars of the loss in nats: {join_words(facts)}. A line at "
        f"{guessing:.1f} marks a model that knows nothing.",
    )
