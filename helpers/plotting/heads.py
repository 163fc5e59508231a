"""Pictures of what heads get and how much they matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator

from helpers.plotting.common import PALETTE, as_array, as_labels, describe, new_axes


def plot_split(
    tables: Mapping[str, Any], d_head: int, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Where each number of a matrix ends up when it is cut into heads.

    Args:
        tables: name to a table of entries that tell where they come from, ``10 * position +
            feature`` with fewer than ten features, drawn as "position.feature". The features of
            head 0 are plain, the others hatched.
        d_head: the features of a head.

    Raises:
        ValueError: an entry is no such number, or a table has not two dimensions.
    """
    arrays = {name: as_array(name, table, 2) for name, table in tables.items()}
    for name, array in arrays.items():
        if array.min() < 0 or not np.array_equal(array, array.round()):
            raise ValueError(f"{name} must hold 10 * position + feature, whole numbers from 0")
    widths = [array.shape[1] for array in arrays.values()]
    gap, above = 1.2, 0.8
    total = sum(widths) + gap * (len(widths) - 1)
    tall = max(array.shape[0] for array in arrays.values())
    ax = new_axes(ax, 0.66 * total + 0.8, 0.55 * (tall + above) + 0.4)
    ax.set(xlim=(-0.1, total + 0.1), ylim=(tall + 0.1, -above), xticks=[], yticks=[])
    ax.set_axis_off()
    left, facts = 0.0, []
    for (name, array), width in zip(arrays.items(), widths, strict=True):
        ax.text(left + width / 2, -0.15, name, ha="center", va="bottom", fontsize=9)
        lines = []
        for row, entries in enumerate(array.astype(int).tolist()):
            for column, entry in enumerate(entries):
                position, feature = divmod(entry, 10)
                _draw_entry(ax, left + column, row, f"{position}.{feature}", feature < d_head)
            lines.append(" ".join(f"{e // 10}.{e % 10}" for e in entries))
        facts.append(f"{name.replace(chr(10), ' ')}: {'; '.join(lines)}")
        left += width + gap
    ax.set_title(title or "Which numbers end up in head 0")
    return describe(
        ax,
        f"{ax.get_title()}. {len(arrays)} tables whose entries are named position.feature; rows "
        f"from the top. {'. '.join(facts)}.",
    )


def _draw_entry(ax: Axes, x: float, y: float, name: str, plain: bool) -> None:
    blue = (*sns.color_palette("colorblind")[0], 0.35)
    box = Rectangle((x, y), 1, 1, edgecolor="0.3", linewidth=0.8)
    box.set(facecolor=blue if plain else "white", hatch=None if plain else "////")
    ax.add_patch(box)
    ax.text(
        x + 0.5, y + 0.5, name, ha="center", va="center", fontsize=10,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85},
    )  # fmt: skip


def plot_head_values(
    values: Any,
    ax: Axes | None = None,
    title: str | None = None,
    *,
    y_label: str,
    reference: tuple[float, str] | None = None,
) -> Axes:
    """One number a head, a dot each, layer by layer on a logarithmic axis.

    Args:
        values: ``(n_layers, n_heads)``, all positive. The largest carries its head's number.
        reference: a number to compare with, drawn as a dotted line, and what it is.

    Raises:
        ValueError: `values` has not two dimensions, or one is not positive.
    """
    array, ax = _dots("values", values, ax, y_label)
    n_layers, n_heads = array.shape
    if reference is not None:
        ax.axhline(reference[0], color="0.3", linestyle=":")
        ax.annotate(
            reference[1], (1, reference[0]), (0, 3), textcoords="offset points",
            xycoords=ax.get_yaxis_transform(), ha="right", va="bottom", fontsize=9,
        )  # fmt: skip
    layer, head = np.unravel_index(array.argmax(), array.shape)
    ax.annotate(
        f"head {head}", (float(layer), array.max()), (8, 0), textcoords="offset points", va="center"
    )
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.minorticks_off()
    ax.set_title(title or f"{y_label} of {array.size} heads")
    ranges = ", ".join(f"{i} {row.min():.2g} to {row.max():.2g}" for i, row in enumerate(array))
    return describe(
        ax,
        f"{ax.get_title()}. One dot a head, {n_heads} in each of {n_layers} layers: {y_label}. "
        f"By layer: {ranges}. The largest, {array.max():.2g}, is layer {layer}, head {head}.",
    )


def plot_effects(
    effects: Any,
    named: Mapping[str, tuple[int, int]],
    ax: Axes | None = None,
    title: str | None = None,
    y_label: str = "change of the sentence embedding (1 - cosine)",
    columns: Sequence[str] | None = None,
) -> Axes:
    """How much each head matters: a dot a head, a column a layer, on a logarithmic axis.

    Args:
        effects: ``(n_layers, n_heads)``, more than 0.
        named: name to (layer, head), of the heads to mark by a diamond and their name.
        columns: where the heads of one layer are switched off in several ways, what each row of
            `effects` is; the first index of `named` is then the row.

    Raises:
        ValueError: an effect is not more than 0, or `columns` has another length than `effects`.
    """
    if columns is not None:
        columns = as_labels("columns", columns, len(effects), "row of effects")
    array, ax = _dots("effects", effects, ax, y_label)
    n_layers, n_heads = array.shape
    ax.set_ylabel(f"{y_label}\n(logarithmic axis)")
    if columns is not None:
        ax.set_xticks(range(n_layers), columns)
        ax.set(xlabel="where the heads are switched off", xlim=(-0.4, n_layers - 0.3))
    for layer, values in enumerate(array):
        ax.plot([layer - 0.16, layer + 0.16], [np.median(values)] * 2, color="black", lw=1.5)
    for name, (layer, head) in named.items():
        place = (layer, array[layer, head])
        ax.scatter(*place, color=PALETTE[1], marker="D", s=55, edgecolor="black", zorder=3)
        ax.annotate(name, place, (9, 0), textcoords="offset points", va="center", fontsize=9)
    ax.set_title(title or "Each dot is a head, each line the median of its layer")
    facts = [
        f"{name} {array[place]:.2g}, rank {int((array[place[0]] > array[place]).sum()) + 1} of "
        f"{n_heads} in its layer"
        for name, place in named.items()
    ]
    medians = ", ".join(f"{np.median(values):.2g}" for values in array)
    where = f"{n_layers} layers" if columns is None else f"{n_layers} columns: {', '.join(columns)}"
    return describe(
        ax,
        f"{ax.get_title()}. {y_label}, for {n_heads} heads in each of {where}; medians "
        f"{medians}. Marked: {'; '.join(facts)}.",
    )


def _dots(name: str, values: Any, ax: Axes | None, y_label: str) -> tuple[np.ndarray, Axes]:
    """A dot a head, a column a layer, on a logarithmic axis; gives the values as an array, too."""
    array = as_array(name, values, 2)
    if array.min() <= 0:
        raise ValueError(f"{name} go down to {array.min():.4g}: a logarithm needs more than 0")
    n_layers, n_heads = array.shape
    ax = new_axes(ax, 7.0, 3.8)
    for layer, heads in enumerate(array):
        ax.scatter(
            [layer] * n_heads, heads, color=PALETTE[0], edgecolor="black", linewidth=0.4, alpha=0.8
        )
    ax.set(xlabel="layer", ylabel=y_label, yscale="log", xlim=(-0.5, n_layers + 0.5))
    ax.set_xticks(range(n_layers))
    sns.despine(ax=ax)
    return array, ax
