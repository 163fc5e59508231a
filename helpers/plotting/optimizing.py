"""Pictures of how an optimizer goes down a loss of two parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes

from helpers.plotting.common import DASHES, MARKERS, PALETTE, as_array, describe, new_axes

Loss = Callable[[np.ndarray], np.ndarray]


def plot_paths(
    loss: Loss,
    paths: Mapping[str, Any],
    ax: Axes | None = None,
    title: str | None = None,
    names: Sequence[str] = ("first parameter", "second parameter"),
) -> Axes:
    """Paths over the contour lines of a loss: a marker for each step, a star where it is lowest.

    Both axes have one scale, so that a narrow valley looks narrow. Along a line the loss is the
    same; from each line to the next one inside it falls to a quarter.

    Args:
        loss: gives the losses ``(...)`` of points ``(..., 2)``, none of them negative.
        paths: name to ``(n_steps + 1, 2)``, all from one start; one to eight of them.
        names: what the two parameters are called, at the axes.

    Raises:
        ValueError: there are no paths or more than eight, one isn't ``(n_steps + 1, 2)``, or they
            don't start at one point.
    """
    ways = _ways(paths)
    everything = np.concatenate(list(ways.values()))
    low, high = everything.min(axis=0), everything.max(axis=0)
    margin = 0.08 * (high - low).max()
    low, high = low - margin, high + margin
    width, height = high - low
    ax = new_axes(ax, 7.4, min(1.7 + 6.2 * height / width, 7.0))
    _draw_contours(ax, loss, low, high)
    facts = []
    for index, (name, way) in enumerate(ways.items()):
        look: dict[str, Any] = {
            "color": PALETTE[index],
            "ls": DASHES[index],
            "marker": MARKERS[index],
        }
        ax.plot(*way.T, ms=4.5, lw=1.4, mec="black", mew=0.4, label=name, **look)
        ends = [f"({x:.2f}, {y:.2f})" for x, y in way[[0, -1]] + 0.0]
        first, last = loss(way[[0, -1]])
        facts.append(
            f"{name} goes in {len(way) - 1} steps from {ends[0]} to {ends[1]}, "
            f"the loss from {first:.2g} to {last:.2g}"
        )
    ax.annotate("start", everything[0], (8, 4), textcoords="offset points", fontsize=9)
    ax.set(xlabel=names[0], ylabel=names[1], aspect="equal")
    above: dict[str, Any] = {
        "loc": "lower left",
        "bbox_to_anchor": (0, 1.0),
        "ncols": len(ways) + 1,
    }
    ax.legend(frameon=False, fontsize=9, **above)
    ax.set_title(title or "Steps down a valley, over lines of equal loss", pad=24)
    sns.despine(ax=ax)
    across = f"{names[0]} across and {names[1]} upwards"
    return describe(
        ax, f"{ax.get_title()}. Paths over contour lines, {across}: {'; '.join(facts)}."
    )


def _ways(paths: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """What `plot_paths` is given, as arrays from one start."""
    if not 1 <= len(paths) <= len(MARKERS):
        raise ValueError(f"paths holds {len(paths)}: it must hold 1 to {len(MARKERS)}")
    ways = {name: as_array(f"paths[{name!r}]", points, 2) for name, points in paths.items()}
    for name, way in ways.items():
        if len(way) < 2 or way.shape[1] != 2:
            raise ValueError(f"paths[{name!r}] has shape {way.shape}: it must be (n_steps + 1, 2)")
    starts = [way[0].tolist() for way in ways.values()]
    if not np.allclose(starts, starts[0]):
        raise ValueError(f"paths start at {starts}: they must start at one point")
    return ways


def _draw_contours(ax: Axes, loss: Loss, low: np.ndarray, high: np.ndarray) -> None:
    x, y = np.linspace(low, high, 240).T
    points = np.stack(np.meshgrid(x, y), axis=-1)
    losses = loss(points)
    levels = losses.max() / 4.0 ** np.arange(6, 0, -1)
    ax.contour(x, y, losses, levels=levels, colors="0.7", linewidths=0.9, zorder=0)
    lowest = points.reshape(-1, 2)[losses.argmin()]
    ax.plot(*lowest, "*", color="black", ms=11, zorder=5, label="lowest")
