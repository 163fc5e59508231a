"""Pictures of attention with vectors of two features: queries, keys, values, mixtures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from helpers.plotting.common import (
    PALETTE,
    as_array,
    as_labels,
    as_weights,
    describe,
    join_words,
    new_axes,
)

FEATURES = ("first feature", "second feature")
HALO = withStroke(linewidth=3, foreground="white")  # keeps a name legible on a line


def plot_query(
    query: Any,
    keys: Any,
    tokens: Sequence[str],
    ax: Axes | None = None,
    title: str | None = None,
    features: Sequence[str] = FEATURES,
) -> Axes:
    """A query and its keys as arrows; at each key its token and its score, the dot product.

    A dotted line through the origin, at right angles to the query, is where scores are 0.

    Args:
        query: ``(2,)``, not of length 0.
        keys: ``(n_k, 2)``.
        tokens: the ``n_k`` tokens of the keys.
        features: the names of the two features, at the axes.

    Raises:
        ValueError: the vectors haven't two features, the query is 0, or shapes, tokens and
            names don't fit.
    """
    q, points = as_array("query", query, 1), _pairs("keys", keys)
    if q.shape != (2,) or not q.any():
        raise ValueError(f"query is {q.tolist()}: it must have two features, not both 0")
    names = as_labels("tokens", tokens, len(points), "row (key) of keys")
    x_name, y_name = as_labels("features", features, 2, "feature")
    scores = points @ q
    ax = new_axes(ax, 5.2, 4.4)
    reach = 1.35 * max(np.abs(points).max(), np.abs(q).max())
    along = np.array([-q[1], q[0]]) / np.linalg.norm(q) * 2 * reach
    ax.plot(*np.array([-along, along]).T, color="0.5", linestyle=":", label="keys here score 0")
    for point in points:
        _arrow(ax, point, PALETTE[0], 2)
    _arrow(ax, q, PALETTE[1], 4)
    _name_query(ax, q)
    labels = [f"{name}: {score:g}" for name, score in zip(names, scores.round(2), strict=True)]
    _name_keys(ax, points, labels)
    ax.scatter(points[:, 0], points[:, 1], s=22, color=PALETTE[0], zorder=3)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.set(xlabel=x_name, ylabel=y_name)
    ax.legend(frameon=False, fontsize=9, loc="lower left")
    ax.set_title(title or "A query, and the score of each key")
    sns.despine(ax=ax)
    return describe(
        ax,
        f"{ax.get_title()}. Arrows from the origin: the query to {_point(q)}; the keys "
        + "; ".join(
            f"{name} to {_point(point)}, score {score:g}"
            for name, point, score in zip(names, points, scores.round(2), strict=True)
        )
        + ". A dotted line at right angles to the query is where scores are 0.",
    )


def plot_mixture(
    weights: Any,
    values: Any,
    tokens: Sequence[str],
    ax: Axes | None = None,
    title: str | None = None,
    query_tokens: Sequence[str] | None = None,
    features: Sequence[str] = FEATURES,
) -> Axes:
    """Outputs in the plane of the values, tied to each value by a line as thick as its weight.

    Args:
        weights: ``(n_q, n_k)``; row ``i`` mixes output ``i``.
        values: ``(n_k, 2)``.
        tokens: the ``n_k`` tokens of the values, and of the outputs too unless `query_tokens`
            is given.
        query_tokens: the ``n_q`` tokens of the outputs.
        features: the names of the two features, at the axes.

    Raises:
        ValueError: a weight is outside 0 to 1, the values haven't two features, or shapes,
            tokens and names don't fit.
    """
    shares, points = as_weights(weights, 2), _pairs("values", values)
    x_name, y_name = as_labels("features", features, 2, "feature")
    names = as_labels("tokens", tokens, len(points), "row of values")
    if shares.shape[1] != len(points):
        raise ValueError(
            f"weights has shape {shares.shape}: it must have a column for each of the "
            f"{len(points)} values"
        )
    owners = names
    if query_tokens is not None or len(shares) != len(names):
        owners = as_labels("query_tokens", query_tokens or [], len(shares), "row of weights")
    outputs = shares @ points
    ax = new_axes(ax, 5.4, 4.4)
    for output, row in zip(outputs, shares, strict=True):
        for point, share in zip(points, row, strict=True):
            ax.plot(*np.array([output, point]).T, color="0.6", lw=8 * share, alpha=0.6, zorder=1)
    xs, ys = points.T
    ax.scatter(xs, ys, s=80, marker="s", color=PALETTE[0], zorder=3, label="value")
    ax.scatter(
        outputs[:, 0], outputs[:, 1],
        s=80, color=PALETTE[1], edgecolor="black", zorder=4, label="output",
    )  # fmt: skip
    _name_values(ax, points, names)
    _write(ax, outputs, owners, (8, 5), weight="bold")
    margin = 0.18 * float(np.ptp(points, axis=0).max() or 1)
    ax.set_xlim(xs.min() - margin, xs.max() + margin)
    ax.set_ylim(ys.min() - margin, ys.max() + margin)
    ax.set(xlabel=x_name, ylabel=y_name)
    ax.legend(frameon=False, loc="upper right")
    ax.set_title(title or "Each output is a mixture of the values")
    sns.despine(ax=ax)
    return describe(
        ax,
        f"{ax.get_title()}. Squares are the values of {_places(names, points)}; dots the outputs "
        f"of {_places(owners, outputs)}. A line from each output to each value is as thick as the "
        "weight.",
    )


def _name_query(ax: Axes, q: np.ndarray) -> None:
    # On the other side of the tip than the names of keys, which may end near it.
    below = q[1] > 0
    ax.annotate(
        "query", (q[0], q[1]), (6, -4 if below else 4), textcoords="offset points",
        va="top" if below else "bottom", weight="bold",
    )  # fmt: skip


def _name_keys(ax: Axes, points: np.ndarray, labels: Sequence[str]) -> None:
    for (x, y), label in _grouped(points, labels):
        left, up = x < 0 or x == y == 0, y > 0 or x == y == 0
        ax.annotate(
            label, (x, y), (-8 if left else 6, 4 if up else -4), textcoords="offset points",
            ha="right" if left else "left", va="bottom" if up else "top", path_effects=[HALO],
        )  # fmt: skip


def _name_values(ax: Axes, points: np.ndarray, names: Sequence[str]) -> None:
    # The lines run between the values: their names stand outside, and those of the outputs beside.
    ys = points[:, 1]
    above = ys > (ys.min() + ys.max()) / 2
    for side, shift, align in ((above, 9, "bottom"), (~above, -9, "top")):
        its_names = [name for name, there in zip(names, side, strict=True) if there]
        _write(ax, points[side], its_names, (0, shift), ha="center", va=align)


def _pairs(name: str, vectors: Any) -> np.ndarray:
    array = as_array(name, vectors, 2)
    if array.shape[1] != 2:
        raise ValueError(f"{name} has shape {array.shape}: each row must have two features")
    return array


def _grouped(points: np.ndarray, labels: Sequence[str]) -> list[tuple[tuple[float, float], str]]:
    """Each place once, with the labels of all points that lie there."""
    places: dict[tuple[float, float], list[str]] = {}
    for (x, y), label in zip(points.tolist(), labels, strict=True):
        places.setdefault((x, y), []).append(label)
    return [(place, ", ".join(there)) for place, there in places.items()]


def _write(
    ax: Axes, points: np.ndarray, labels: Sequence[str], shift: tuple[float, float], **style: Any
) -> None:
    """The labels `shift` points away from their places."""
    for place, label in _grouped(points, labels):
        ax.annotate(
            label, place, shift, textcoords="offset points", zorder=5, path_effects=[HALO], **style
        )


def _arrow(ax: Axes, end: np.ndarray, colour: str, width: float) -> None:
    if end.any():
        style = {"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (end[0], end[1]), (0, 0), arrowprops=style)


def _places(names: Sequence[str], points: np.ndarray) -> str:
    return join_words([f"{name} at {_point(at)}" for name, at in zip(names, points, strict=True)])


def _point(point: np.ndarray) -> str:
    return f"({point[0]:.3g}, {point[1]:.3g})"
