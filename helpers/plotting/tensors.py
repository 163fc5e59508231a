"""Pictures of tensors: grids of their numbers, whose colours follow a number on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from helpers.plotting.common import PALETTE, as_array, as_labels, describe, new_axes

_GAP = 0.9
"""Columns between two grids."""


def plot_tensors(
    tensors: Mapping[str, Any],
    ax: Axes | None = None,
    title: str | None = None,
    *,
    colours: Mapping[str, Any] | None = None,
    signs: Sequence[str] | None = None,
    row_names: Sequence[str] | None = None,
) -> Axes:
    """Tensors side by side, as grids of their numbers, every row in a colour of its own.

    Args:
        tensors: name to tensor, ``(m,)``, drawn as one row, or ``(n, m)``. Name and shape stand
            above each grid.
        colours: by the same names, for tensors whose numbers are to have other colours than those
            of their rows: a whole number of the tensor's shape for each, 0 or more, or -1 for
            white. Do to ``torch.arange(n)[:, None].expand(n, m)`` what you do to the tensor, and
            each number keeps the colour of the row that it comes from.
        signs: what stands between the grids, such as ``["-", "="]``; an arrow unless given.
        row_names: one for each row of the first tensor.

    Raises:
        ValueError: there is no tensor, one has more than two dimensions, `colours` names another
            or has another shape, or there are too few or too many `signs` or `row_names`.
    """
    if not tensors:
        raise ValueError("tensors is empty: it must hold one tensor or more")
    arrays = {name: as_array(name, values, 1, 2) for name, values in tensors.items()}
    places = _colours(arrays, colours or {})
    grids = [np.atleast_2d(array) for array in arrays.values()]
    heads = [f"{name}\n{array.shape}" for name, array in arrays.items()]
    names = None if row_names is None else as_labels("row_names", row_names, len(grids[0]), "row")
    between = ["→"] * (len(grids) - 1) if signs is None else list(signs)
    if len(between) != len(grids) - 1:
        raise ValueError(f"signs is {between}: {len(grids)} tensors need {len(grids) - 1} of them")

    widths = [_width(head, grid) for head, grid in zip(heads, grids, strict=True)]
    tall = max(map(len, grids))
    ax = _empty_axes(ax, widths, tall, max(head.count("\n") + 1 for head in heads))
    left = 0.0
    for grid, head, width, own in zip(grids, heads, widths, places, strict=True):
        top = (tall - len(grid)) / 2
        ax.text(left + width / 2, top - 0.15, head, ha="center", va="bottom", fontsize=9)
        _draw_grid(ax, left + (width - grid.shape[1]) / 2, top, grid, own)
        left += width + _GAP
    for place, sign in zip(accumulate(w + _GAP for w in widths), between, strict=False):
        ax.text(place - _GAP / 2, tall / 2, sign, ha="center", va="center", fontsize=13)
    if names:
        ax.set_yticks([(tall - len(names)) / 2 + row + 0.5 for row in range(len(names))], names)
        ax.tick_params(axis="y", length=0)
    ax.set_title(title or "Tensors as grids of numbers, a colour for each row")
    named = f" Rows of the first one: {', '.join(names)}." if names else ""
    said = _read_out(heads, grids, between)
    return describe(ax, f"{ax.get_title()}. Grids of numbers, row by row: {said}.{named}")


def _empty_axes(ax: Axes | None, widths: Sequence[float], tall: int, n_lines: int) -> Axes:
    """n_lines: how many lines of text stand above the grids."""
    total, above = sum(widths) + _GAP * (len(widths) - 1), 0.3 + 0.4 * n_lines
    ax = new_axes(ax, 0.5 * total + 0.9, 0.42 * (tall + above) + 0.8)
    ax.set(xlim=(-0.1, total + 0.1), ylim=(tall + 0.1, -above), xticks=[], yticks=[])
    ax.set(xlabel="last dimension: columns", ylabel="second-last dimension: rows")
    ax.spines[:].set_visible(False)
    return ax


def _read_out(heads: Sequence[str], grids: Sequence[np.ndarray], between: Sequence[str]) -> str:
    """The numbers of all grids, and what stands between them, in words."""
    joined = [f", then {sign.strip()} " if sign.strip() else "; beside it " for sign in between]
    facts = []
    for head, grid, before in zip(heads, grids, ["", *joined], strict=True):
        rows = "; ".join(" ".join(map(_written, row)) for row in grid)
        facts.append(f"{before}{head.replace(chr(10), ' ')} [{rows}]")
    return "".join(facts)


def _colours(arrays: dict[str, np.ndarray], given: Mapping[str, Any]) -> list[np.ndarray]:
    """For each grid the colours of its numbers, those of its rows unless they are given."""
    if unknown := [name for name in given if name not in arrays]:
        raise ValueError(f"colours names {unknown[0]!r}: it must be one of {list(arrays)}")
    found = []
    for name, array in arrays.items():
        rows = np.zeros(array.shape, int) if array.ndim == 1 else np.indices(array.shape)[0]
        own = as_array(f"colours[{name!r}]", given.get(name, rows), 1, 2).astype(int)
        if own.shape != array.shape:
            raise ValueError(
                f"colours[{name!r}] has shape {own.shape}: it must be {array.shape}, as the tensor"
            )
        found.append(np.atleast_2d(own))
    return found


def _width(head: str, grid: np.ndarray) -> float:
    """Columns that a grid takes, or what is written above it if that is wider."""
    return max(grid.shape[1], 0.17 * max(map(len, head.split("\n"))))


def _draw_grid(ax: Axes, left: float, top: float, grid: np.ndarray, places: np.ndarray) -> None:
    for (row, column), number in np.ndenumerate(grid):
        place = places[row, column]
        colour = (*to_rgb(PALETTE[place % len(PALETTE)]), 0.4) if place >= 0 else "white"
        box = Rectangle((left + column, top + row), 1, 1, edgecolor="0.3", linewidth=0.8)
        box.set_facecolor(colour)
        ax.add_patch(box)
        x, y = left + column + 0.5, top + row + 0.5
        ax.text(x, y, _written(number), ha="center", va="center", fontsize=10)


def _written(number: float) -> str:
    """Two decimals at most, none for whole numbers, and no minus before 0."""
    return f"{round(number, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
