"""A ball on the curve of a loss, at a learning rate of one's choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from helpers.explorables.output import Explorable
from helpers.plotting import plot_lines, plot_slope
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
        runs: for the still picture, beside the curve: of each name the losses, step by step.
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
    still = _still(logits, shares, names.index(moves), moves, runs, start, reach)
    return Explorable("descent", question, data, still)


def _still(
    logits: np.ndarray,
    shares: np.ndarray,
    place: int,
    moves: str,
    runs: Mapping[str, Sequence[float]],
    start: float,
    reach: tuple[int, int],
) -> Figure:
    xs = torch.linspace(*reach, 121, dtype=torch.float64)
    rows = torch.as_tensor(logits).repeat(len(xs) + 1, 1)
    rows[:, place] = torch.cat([xs, torch.tensor([start])])
    losses = -(torch.log_softmax(rows, dim=1) @ torch.as_tensor(shares))
    slope = (torch.softmax(rows[-1], dim=0)[place] - shares[place]).item()

    figure, axes = plt.subplots(1, 2, figsize=(6.0, 2.3), layout="constrained")
    plot_slope(xs, {moves: losses[:-1]}, {moves: slope}, start, axes[0], "One logit moves")
    axes[0].set_xticks(range(reach[0], reach[1] + 1, 2))
    steps, title = range(len(next(iter(runs.values())))), "The whole row, step by step"
    plot_lines(steps, runs, axes[1], title, x_label="step", y_label="loss (nats)")
    return figure
