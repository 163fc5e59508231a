"""Pictures of attention: weights, heads, masks and influence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import seaborn as sns
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.plotting.common import (
    PALETTE,
    as_array,
    as_labels,
    as_weights,
    describe,
    draw_grid,
    draw_heatmap,
    new_axes,
    side_of,
)


def plot_attention(
    weights: Any,
    tokens: Sequence[str],
    ax: Axes | None = None,
    title: str | None = None,
    key_tokens: Sequence[str] | None = None,
    mask: Any = None,
) -> Axes:
    """Heat map of one head's attention weights on a colour scale from 0 to 1.

    Args:
        weights: ``(n_q, n_k)``; rows are queries (the first on top), columns are keys.
        tokens: the ``n_q`` query tokens, and the keys' too unless `key_tokens` is given.
        key_tokens: the ``n_k`` key tokens, for cross-attention.
        mask: boolean ``(n_q, n_k)``, ``True`` = may attend. Masked cells are hatched. They hold
            no number, unless there is a weight on them after all.

    Raises:
        ValueError: a shape and a list of tokens don't fit, a weight is outside 0 to 1, or `mask`
            is not boolean or has another shape than the weights.
    """
    array = as_weights(weights, 2)
    rows = as_labels("tokens", tokens, array.shape[0], "row (query) of weights")
    columns = (
        as_labels("tokens", tokens, array.shape[1], "column (key) of weights")
        if key_tokens is None
        else as_labels("key_tokens", key_tokens, array.shape[1], "column (key) of weights")
    )
    ax = new_axes(ax, side_of(max(array.shape)) + 0.8, side_of(array.shape[0]))
    numbers = max(array.shape) <= 10
    draw_heatmap(
        array, rows, columns, ax, low=0, high=1, legend="attention weight", numbers=numbers
    )
    masked = np.zeros(array.shape, dtype=bool) if mask is None else ~_as_mask(mask)
    if masked.shape != array.shape:
        raise ValueError(
            f"mask has shape {masked.shape}: it must have the weights' shape, {array.shape}"
        )
    _hatch(ax, masked, empty=masked & (array == 0))
    ax.set(xlabel="key (attended to)", ylabel="query (attending)")
    ax.set_title(title or "Each row: where one token looks")
    best = array.argmax(axis=1)
    looking = np.any(array != 0, axis=1)  # of a row without any weight there is nothing to say
    facts = [
        f"{rows[i]} to {columns[j]} {array[i, j]:.2f}" for i, j in enumerate(best) if looking[i]
    ]
    empty = f"{(~looking).sum()} of the queries look nowhere. " if not looking.all() else ""
    more = f", and {len(facts) - 12} rows more" if len(facts) > 12 else ""
    hatched = f", {masked.sum()} of the cells masked (hatched)" if masked.any() else ""
    return describe(
        ax,
        f"{ax.get_title()}. Heat map of attention weights, {array.shape[0]} queries by "
        f"{array.shape[1]} keys{hatched}. {empty}"
        f"Largest weight of each{' other' if empty else ''} query: {', '.join(facts[:12])}{more}.",
    )


def _as_mask(mask: Any) -> np.ndarray:
    """`mask` as a boolean array of two dimensions."""
    dtype = torch.as_tensor(mask).dtype
    if dtype != torch.bool:
        raise ValueError(f"mask has dtype {dtype}: it must be boolean, True = may attend")
    return as_array("mask", mask, 2).astype(bool)


def _hatch(ax: Axes, cells: np.ndarray, empty: np.ndarray | None = None) -> None:
    """Hatch the `cells` of a heat map, and take the numbers out of the `empty` ones."""
    for i, j in np.argwhere(cells):
        ax.add_patch(Rectangle((j, i), 1, 1, facecolor="none", edgecolor="0.6", hatch="////", lw=0))
    if empty is not None:
        for text, gone in zip(list(ax.texts), empty.flat, strict=False):
            if gone:
                text.remove()  # the hatch says it, and 0.00 is what a small number looks like, too


def plot_heads(
    weights: Any,
    tokens: Sequence[str],
    ax: Axes | None = None,
    title: str | None = None,
    names: Sequence[str] | None = None,
) -> Axes:
    """All heads of a layer side by side, on one colour scale from 0 to 1.

    Args:
        weights: ``(n_heads, n, n)``; rows are queries (the first on top), columns are keys.
        tokens: the ``n`` tokens (written at the panels up to 16 of them).
        names: a title for each head; "head 0", "head 1", … by default.

    Returns:
        The Axes whose ``child_axes`` are the panels, in the order of the heads.

    Raises:
        ValueError: a shape and a list don't fit, or a weight is outside 0 to 1.
    """
    arrays = as_weights(weights, 3)
    rows = as_labels("tokens", tokens, arrays.shape[1], "row (query) of a head")
    columns = as_labels("tokens", tokens, arrays.shape[2], "column (key) of a head")
    titles = as_labels("names", names, len(arrays), "head")
    if names is None:
        titles = [f"head {i}" for i in range(len(arrays))]
    ax = draw_grid(
        arrays, rows, columns, titles, ax,
        low=0, high=1, legend="attention weight", axis_names=("key", "query"),
    )  # fmt: skip
    ax.set_title(title or "The heads of one layer look in different places")
    facts = []
    for name, array in zip(titles, arrays, strict=True):
        i, j = np.unravel_index(array.argmax(), array.shape)
        facts.append(f"{name} {rows[i]} to {columns[j]} {array[i, j]:.2f}")
    return describe(
        ax,
        f"{ax.get_title()}. {len(arrays)} heat maps of attention weights between "
        f"{len(tokens)} tokens. Largest weight of each: {', '.join(facts)}.",
    )


def plot_weights(
    weights: Any,
    tokens: Sequence[str],
    ax: Axes | None = None,
    title: str | None = None,
    y_label: str = "weight",
    x_label: str = "token",
) -> Axes:
    """Bars for one row of weights or one distribution, with their values and their sum.

    Args:
        weights: ``(n,)``, not negative; they needn't add up to 1, and the picture says what they
            add up to.
        tokens: the ``n`` names under the bars.

    Raises:
        ValueError: a negative weight, or shape and tokens don't fit.
    """
    array = as_array("weights", weights, 1)
    if array.min() < 0:
        raise ValueError(f"weights go down to {array.min():.4g}: they must not be negative")
    names = as_labels("tokens", tokens, array.size, "weight")
    ax = new_axes(ax, min(2.5 + 0.6 * array.size, 9), 3.2)
    bars = ax.bar(range(array.size), array, color=PALETTE[0], edgecolor="black", linewidth=0.6)
    if array.size <= 16:
        ax.bar_label(bars, [f"{value:.2f}" for value in array], fontsize=8, padding=1)
    ax.set_xticks(range(array.size), names, rotation=90 if max(map(len, names)) > 6 else 0)
    ax.set(xlabel=x_label, ylabel=y_label, ylim=(0, max(1.0, array.max()) * 1.1))
    ax.set_title(title or f"The weights add up to {array.sum():.2f}")
    sns.despine(ax=ax)
    order = np.argsort(-array, kind="stable")[:10]
    facts = ", ".join(f"{names[i]} {array[i]:.2f}" for i in order)
    return describe(
        ax,
        f"{ax.get_title()}. Bar chart of {array.size} weights that add up to {array.sum():.2f}; "
        f"from the largest: {facts}.",
    )


def plot_mask(
    mask: Any,
    ax: Axes | None = None,
    title: str | None = None,
    tokens: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
) -> Axes:
    """A boolean mask: dark with a tick where the query may attend to the key, hatched where not.

    Args:
        mask: boolean ``(n_q, n_k)``, ``True`` = may attend.
        tokens: names of queries and keys where ``n_q == n_k``, else of the ``n_k`` keys; numbers
            by default.
        targets: what each of the ``n_q`` queries has to predict, written behind its row.

    Raises:
        ValueError: `mask` is not boolean or not of two dimensions, or doesn't fit the tokens or
            the targets.
    """
    array = _as_mask(mask)
    n_q, n_k = array.shape
    behind = [] if targets is None else as_labels("targets", targets, n_q, "row (query) of mask")
    columns = as_labels("tokens", tokens, n_k, "column (key) of mask")
    rows = columns if n_q == n_k else [str(i) for i in range(n_q)]
    ax = new_axes(ax, side_of(n_k) + (1.2 if behind else 0), side_of(n_q))
    draw_heatmap(array * 0.75, rows, columns, ax, low=0, high=1, told=False)
    _hatch(ax, ~array)
    for i, name in enumerate(behind):
        ax.text(n_k + 0.2, i + 0.5, f"→ {name}", va="center", fontsize=9)
    if max(array.shape) <= 16:
        for i, j in np.argwhere(array):
            ax.text(j + 0.5, i + 0.5, "✓", ha="center", va="center", color="white", fontsize=9)
    ax.set(xlabel="key", ylabel="query")
    if behind:
        ax.set(xlabel="token (key)", ylabel="last token that is seen (query)")
    ax.set_title(title or "✓ this query may attend to this key")
    allowed = [int(row.sum()) for row in array]
    predicts = f" To predict, row by row: {', '.join(behind[:16])}." if behind else ""
    return describe(
        ax,
        f"{ax.get_title().replace('✓', 'Ticked:')}. Mask of {n_q} queries by {n_k} keys; keys that "
        f"each query may attend to: {', '.join(map(str, allowed[:16]))}"
        f"{', …' if n_q > 16 else ''}.{predicts}",
    )


def plot_influence(
    changes: Any,
    ax: Axes | None = None,
    title: str | None = None,
    tokens: Sequence[str] | None = None,
    high: float | None = None,
) -> Axes:
    """Which outputs change when one input token changes; exact zeros are hatched.

    Args:
        changes: ``(n_outputs, n_inputs)``, not negative: ``changes[i, j]`` is how far output ``i``
            moves when input ``j`` is changed.
        tokens: the input tokens, also for the outputs where there are as many; numbers by default.
        high: where the colour scale ends, so that pictures side by side can share one; the largest
            change by default.

    Raises:
        ValueError: a negative change, one above `high`, or shape and tokens don't fit.
    """
    array = as_array("changes", changes, 2)
    if array.min() < 0:
        raise ValueError(f"changes go down to {array.min():.4g}: distances are not negative")
    if high is not None and high < array.max():
        raise ValueError(
            f"high is {high:.4g}: it must be the largest change, {array.max():.4g}, or more"
        )
    n_outputs, n_inputs = array.shape
    columns = as_labels("tokens", tokens, n_inputs, "column (input) of changes")
    rows = columns if n_outputs == n_inputs else [str(i) for i in range(n_outputs)]
    ax = new_axes(ax, side_of(n_inputs) + 0.8, side_of(n_outputs))
    numbers = max(array.shape) <= 10
    end = high or float(array.max()) or 1.0
    draw_heatmap(
        array, rows, columns, ax, low=0, high=end, legend="change of the output", numbers=numbers
    )
    _hatch(ax, array == 0, empty=array == 0)
    ax.set(xlabel="input that is changed", ylabel="output that is watched")
    ax.set_title(title or "Hatched: this input can't reach this output")
    reach = [f"{columns[j]} moves {int((array[:, j] > 0).sum())}" for j in range(min(n_inputs, 12))]
    return describe(
        ax,
        f"{ax.get_title()}. Heat map of how far each of {n_outputs} outputs moves when one of "
        f"{n_inputs} inputs is changed. Outputs that move: {', '.join(reach)}"
        f"{', …' if n_inputs > 12 else ''}. Largest change {array.max():.2g}.",
    )
