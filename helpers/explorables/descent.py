"""A ball on the curve of a loss, at a learning rate of one's choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt

from helpers.explorables.output import Explorable
from helpers.plotting import plot_lines
from helpers.plotting.common import as_array, as_labels


def explore_descent(
    question: str,
    row: Any,
    goal: Any,
    words: Sequence[str],
    moves: str,
    runs: Mapping[str, Sequence[float]],
    *,
    rates: Sequence[float],
    rate: float,
    start: float,
    reach: tuple[int, int],
) -> Explorable:
    """The mean loss as one logit moves, and steps against its slope from where the reader likes.

    Args:
        question: what the reader finds out by trying; it ends with a question mark.
        row: ``(n,)``, the logits; all but one stay as they are.
        goal: ``(n,)``, the share of each word among those that come.
        words: the ``n`` words.
        moves: the word whose logit moves; its goal is neither 0 nor 1, or no loss is the lowest.
        runs: for the still picture: of each name the losses, step by step.
        rates: the learning rates to choose from, growing.
        rate, start: the learning rate and the logit with which it begins.
        reach: from where to where the curve is shown, an even number apart.

    Raises:
        ValueError: sizes don't fit, or there is no such word, rate or start.
    """
    logits, shares = as_array("row", row, 1), as_array("goal", goal, 1)
    names = as_labels("words", words, len(logits), "logit")
    target = dict(zip(names, shares, strict=True)).get(moves, 0)
    if not 0 < target < 1:
        raise ValueError(f"moves is {moves!r}: its goal is {target:g}, and must be between 0 and 1")
    if rate not in rates or not reach[0] <= start <= reach[1]:
        raise ValueError(
            f"rate is {rate} and start is {start}: they must be one of {list(rates)}, and within "
            f"{reach}"
        )
    data = {
        "words": names,
        "moves": moves,
        "row": logits.round(4).tolist(),
        "goal": shares.round(4).tolist(),
        "rates": list(rates),
        "rate": rate,
        "start": start,
        "reach": list(reach),
    }
    ax = plt.subplots(figsize=(4.4, 2.2), layout="constrained")[1]
    steps = range(len(next(iter(runs.values()))))
    title = "The whole row, step by step"
    still = plot_lines(steps, runs, ax, title, x_label="step", y_label="loss (nats)")
    return Explorable("descent", question, data, still)
