"""Pictures of positions, parameters and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator

from helpers.plotting.common import (
    DASHES,
    DIVERGING,
    HATCHES,
    MARKERS,
    PALETTE,
    SEQUENTIAL,
    as_array,
    as_labels,
    describe,
    draw_grid,
    draw_heatmap,
    join_words,
    new_axes,
    side_of,
)

# Positions


def plot_encoding(encoding: Any, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Heat map of position vectors on a scale that is symmetric about 0.

    Args:
        encoding: ``(n_positions, d_model)``; a row is the vector of one position, the first on top.

    Raises:
        ValueError: `encoding` has not two dimensions.
    """
    array = as_array("encoding", encoding, 2)
    n_positions, d_model = array.shape
    ax = new_axes(ax, 7.5, 4.2)
    high = float(np.abs(array).max()) or 1.0
    image = ax.imshow(
        array,
        cmap=sns.color_palette(DIVERGING, as_cmap=True),
        vmin=-high,
        vmax=high,
        aspect="auto",
        interpolation="nearest",
    )
    ax.figure.colorbar(image, ax=ax, label="value")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="feature", ylabel="position")
    ax.set_title(title or "Each row is a position: early features turn fast, late ones slowly")
    return describe(
        ax,
        f"{ax.get_title()}. Heat map of {n_positions} positions (rows, the first on top) by "
        f"{d_model} features, values from {array.min():.2f} to {array.max():.2f}.",
    )


def plot_rotation(
    vectors: Any,
    ax: Axes | None = None,
    title: str | None = None,
    labels: Sequence[str] | None = None,
) -> Axes:
    """Arrows of one pair of features as RoPE turns it from position to position.

    Args:
        vectors: ``(n, 2)``; row ``i`` is the pair at position ``i``, or at what ``labels[i]`` says.
        labels: what stands at the ``n`` arrows; 0 to ``n - 1`` by default.

    Raises:
        ValueError: `vectors` is not ``(n, 2)``, or there are not ``n`` labels.
    """
    array = as_array("vectors", vectors, 2)
    if array.shape[1] != 2:
        raise ValueError(
            f"vectors has shape {array.shape}: it must be (n, 2), one pair of features"
        )
    names = as_labels("labels", labels, len(array), "vector")
    ax = new_axes(ax, 4.6, 4.6)
    length = np.linalg.norm(array, axis=1)
    reach = float(length.max()) or 1.0
    for radius in sorted({round(float(r), 3) for r in length}):
        ax.add_patch(Circle((0, 0), radius, fill=False, color="0.6", linestyle=":"))
    colours = sns.color_palette(SEQUENTIAL, len(array) + 2)[2:]
    for (x, y), size, name, colour in zip(array, length, names, colours, strict=True):
        ax.annotate(
            "", (x, y), (0, 0),
            arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        away = 1 + 0.08 * reach / size if size > 0 else 1
        across = "center" if abs(x) < 0.3 * reach else "left" if x > 0 else "right"
        ax.text(x * away, y * away, name, ha=across, va="center", fontsize=9)
    limit = (1.2 + 0.07 * max(map(len, names))) * reach
    ax.axhline(0, color="0.85", lw=0.8, zorder=0)
    ax.axvline(0, color="0.85", lw=0.8, zorder=0)
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
    ax.set(xlabel="first feature of the pair", ylabel="second feature of the pair")
    ax.set_title(title or "The position (at each arrow) turns the vector, its length stays")
    angles = np.degrees(np.arctan2(array[:, 1], array[:, 0])) % 360
    facts = ", ".join(f"{name} at {a:.0f}°" for name, a in zip(names, angles, strict=True))
    return describe(
        ax,
        f"{ax.get_title()}. Arrows from the origin, of length "
        f"{length.min():.2f} to {length.max():.2f}; direction of {facts}.",
    )


def plot_bias(bias: Any, ax: Axes | None = None, title: str | None = None) -> Axes:
    """ALiBi's bias on the scores, for one head or for all on one scale.

    Args:
        bias: ``(n, n)`` or ``(n_heads, n, n)``, not positive; rows are queries (the first on top),
            columns are keys. Heads count from 1, as in the formula of their slopes.

    Raises:
        ValueError: `bias` has another shape or a positive value.
    """
    array = as_array("bias", bias, 2, 3)
    if array.max() > 0:
        raise ValueError(f"bias goes up to {array.max():.4g}: it must not be positive")
    low = float(array.min()) or -1.0
    n_q, n_k = array.shape[-2:]
    rows, columns = [[str(i) for i in range(n)] for n in (n_q, n_k)]
    penalty = np.abs(array)  # so that dark means "more" here as everywhere
    if array.ndim == 3:
        titles = [f"head {i + 1}" for i in range(len(array))]
        ax = draw_grid(
            penalty, rows, columns, titles, ax,
            low=0, high=-low, legend="penalty (minus the bias)", axis_names=("key", "query"),
        )  # fmt: skip
    else:
        ax = new_axes(ax, side_of(n_k) + 0.8, side_of(n_q))
        draw_heatmap(
            penalty, rows, columns, ax,
            low=0, high=-low, legend="penalty (minus the bias)", numbers=max(n_q, n_k) <= 10,
        )  # fmt: skip
        ax.set(xlabel="key", ylabel="query")
    ax.set_title(title or "The farther away the key, the larger the penalty on its score")
    heads = "one head" if array.ndim == 2 else f"{len(array)} heads"
    corner = array[..., -1, 0].reshape(-1)
    facts = ", ".join(f"{value:.3g}" for value in corner[:16])
    return describe(
        ax,
        f"{ax.get_title()}. Heat map of ALiBi's bias for {heads}, {n_q} queries by {n_k} keys. "
        f"Bias between the last query and the first key: {facts}.",
    )


def _parts(name: str, counts: Mapping[str, int]) -> dict[str, int]:
    """The parts without "total", which has to be their sum where it is given."""
    parts = {part: int(count) for part, count in counts.items() if part != "total"}
    negative = {part: count for part, count in parts.items() if count < 0}
    if not parts or negative:
        raise ValueError(f"{name} is {dict(counts)!r}: it must hold parts, none of them negative")
    if "total" in counts and counts["total"] != sum(parts.values()):
        raise ValueError(
            f'{name}["total"] is {counts["total"]:,}: the parts add up to {sum(parts.values()):,}'
        )
    if sum(parts.values()) == 0:
        raise ValueError(f"{name} adds up to 0: there is nothing to draw")
    return parts


def plot_parameters(
    counts: Mapping[str, int], ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Where the parameters are: one bar for each part, with the exact number and its share.

    Args:
        counts: part to number, as `reference.counting.transformer_parameters` gives it; ``total``
            is not a part and may be missing.

    Raises:
        ValueError: a negative number, nothing to draw, or a ``total`` that isn't the sum.
    """
    parts = _parts("counts", counts)
    total = sum(parts.values())
    names, values = [name.replace("_", " ") for name in parts], list(parts.values())
    ax = new_axes(ax, 7.5, 1.3 + 0.42 * len(parts))
    bars = ax.barh(names, values, color=PALETTE[0], edgecolor="black", linewidth=0.6)
    texts = [f"{value:,}  ({value / total:.1%})" for value in values]
    ax.bar_label(bars, texts, padding=4, fontsize=9)
    ax.invert_yaxis()
    ax.set(xlabel="parameters", xlim=(0, max(values) * 1.45), ylabel="part of the model")
    ax.xaxis.set_major_formatter(lambda value, _: _short(value))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    largest = names[int(np.argmax(values))]
    ax.set_title(title or f"{total:,} parameters; the largest part: {largest}")
    sns.despine(ax=ax)
    facts = [f"{name} {text}" for name, text in zip(names, texts, strict=True)]
    return describe(
        ax, f"{ax.get_title()}. Bar chart of {total:,} parameters: {join_words(facts)}."
    )


def _short(number: float) -> str:
    for unit, size in (("T", 1e12), ("B", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.3g}"


def plot_model_parameters(
    models: Mapping[str, Mapping[str, int]],
    ax: Axes | None = None,
    title: str | None = None,
    share: bool = False,
) -> Axes:
    """Several models side by side: a bar for each, its parts stacked, told apart by hatches too.

    Args:
        models: model's name to its counts (see `plot_parameters`). Parts may differ.
        share: draw shares of each model's total, for models of very different size.

    Raises:
        ValueError: as `plot_parameters`, or no model.
    """
    if not models:
        raise ValueError("models is empty: it must hold at least one model's counts")
    parts = {model: _parts(f"models[{model!r}]", counts) for model, counts in models.items()}
    names = list(dict.fromkeys(name for counts in parts.values() for name in counts))
    if len(names) > len(HATCHES):
        raise ValueError(
            f"models have {len(names)} parts: at most {len(HATCHES)} can be told apart"
        )
    totals = {model: sum(counts.values()) for model, counts in parts.items()}
    ax = new_axes(ax, 8.5, 1.7 + 0.5 * len(models))
    left = np.zeros(len(models))
    for index, name in enumerate(names):
        values = np.array(
            [parts[model].get(name, 0) / (totals[model] if share else 1) for model in models]
        )
        ax.barh(
            list(models),
            values,
            left=left,
            label=name.replace("_", " "),
            facecolor=sns.light_palette(PALETTE[index % len(PALETTE)], 10)[5],
            edgecolor="black",
            linewidth=0.6,
            hatch=HATCHES[index],
        )
        left += values
    for row, model in enumerate(models):
        ax.annotate(
            f"{totals[model]:,}", (left[row], row), (4, 0),
            textcoords="offset points", va="center", fontsize=9,
        )  # fmt: skip
    ax.set(xlim=(0, left.max() * 1.25), ylabel="model")
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.4, 0), borderaxespad=4.5,
        ncols=min(len(names), 3), frameon=False, fontsize=9,
    )  # fmt: skip
    ax.set_title(title or "Where the parameters of each model are")
    return _finished_bars(ax, parts, totals, share)


def _finished_bars(
    ax: Axes, parts: Mapping[str, Mapping[str, int]], totals: Mapping[str, int], share: bool
) -> Axes:
    """The axes of stacked bars, the first one on top, and their alt text."""
    ax.invert_yaxis()
    ax.set_xlabel("share of the model's parameters" if share else "parameters")
    if share:
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    else:
        ax.xaxis.set_major_formatter(lambda value, _: _short(value))
    sns.despine(ax=ax)
    facts = []
    for model, counts in parts.items():
        shares = [
            f"{name.replace('_', ' ')} {count / totals[model]:.1%}"
            for name, count in counts.items()
            if count
        ]
        facts.append(f"{model}, {totals[model]:,} parameters: {', '.join(shares)}")
    return describe(ax, f"{ax.get_title()}. Stacked bars. {'; '.join(facts)}.")


def plot_lines(
    x: Any,
    ys: Mapping[str, Any],
    ax: Axes | None = None,
    title: str | None = None,
    *,
    x_label: str,
    y_label: str,
    log_x: bool = False,
    log_y: bool = False,
) -> Axes:
    """One line for each of `ys` over `x`, told apart by colour, dashes and, if few points, markers.

    Args:
        x: ``(n,)``.
        ys: name to ``(n,)``; up to eight of them.
        log_x, log_y: logarithmic axes (base 2 for `x`, base 10 for `ys`).

    Raises:
        ValueError: lengths differ, or there is no line, or more than eight.
    """
    points = as_array("x", x, 1)
    if not 1 <= len(ys) <= len(MARKERS):
        raise ValueError(f"ys holds {len(ys)} lines: it must hold 1 to {len(MARKERS)}")
    lines = {name: as_array(f"ys[{name!r}]", values, 1) for name, values in ys.items()}
    for name, values in lines.items():
        if values.shape != points.shape:
            raise ValueError(
                f"ys[{name!r}] has {values.size} values: it must have {points.size}, as many as x"
            )
    ax = new_axes(ax, 6.5, 3.8)
    for index, (name, values) in enumerate(lines.items()):
        ax.plot(
            points,
            values,
            label=name,
            color=PALETTE[index],
            linestyle=DASHES[index],
            marker=MARKERS[index] if points.size <= 40 else None,
            markersize=5,
        )
    if log_x:
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    if log_y:
        ax.set_yscale("log")
    ax.set(xlabel=x_label, ylabel=y_label)
    ax.set_title(title or f"{y_label} against {x_label}")
    if len(lines) > 1:
        ax.legend(frameon=False, fontsize=9)
    ax.grid(alpha=0.3)
    sns.despine(ax=ax)
    facts = [
        f"{name} goes from {values[0]:.3g} to {values[-1]:.3g}" for name, values in lines.items()
    ]
    return describe(
        ax,
        f"{ax.get_title()}. Line chart of {y_label} as {x_label} goes from {points[0]:g} to "
        f"{points[-1]:g}: {'; '.join(facts)}.",
    )
