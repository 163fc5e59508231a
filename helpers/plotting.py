"""The course's pictures, drawn by matplotlib and seaborn.

Every ``plot_…`` function draws on one matplotlib ``Axes`` and returns it: on `ax` where one is
given, on new axes of a fitting size otherwise. Pictures with many panels (`plot_heads`, `plot_bias`
of several heads) are still one ``Axes``, whose panels are its ``child_axes``.

Every picture has a title that says what to see (`title` replaces it), a description for readers
who can't see it, made from the data, and colours that colour-blind readers can tell apart: light
to dark for amounts, and a number, marker, hatch or label beside each colour.

End a cell with `show`, which stores the picture with its alternative text:

    show(plot_attention(weights, tokens))

Arrays may be NumPy arrays, torch tensors (any dtype, with or without gradients) or nested lists.
"""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
import torch
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from matplotlib.ticker import MaxNLocator

PALETTE: list[str] = sns.color_palette("colorblind").as_hex()
SEQUENTIAL = "mako_r"
DIVERGING = "vlag"
HATCHES = ["", "///", "...", "\\\\\\", "xxx", "---", "ooo", "+++"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "*"]
DASHES: list[Any] = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)), "-"]

_descriptions: WeakKeyDictionary[Axes, str] = WeakKeyDictionary()


# Alternative text


def describe(ax: Axes, text: str) -> Axes:
    """Say in words what `ax` shows; `show` makes it the picture's alternative text.

    Every ``plot_…`` function calls this itself. Call it for axes of your own, or to replace what a
    function says by what matters in your text.

    Raises:
        ValueError: `text` is empty.
    """
    if not text.strip():
        raise ValueError(f"text is {text!r}: it must say in words what the picture shows")
    _descriptions[ax] = " ".join(text.split())
    return ax


def description(picture: Axes | Figure) -> str:
    """What `describe` said of an ``Axes`` or of all axes of a ``Figure``, else ""."""
    axes = picture.axes if isinstance(picture, Figure) else [picture]
    return " ".join(_descriptions[ax] for ax in axes if ax in _descriptions)


def show(picture: Axes | Figure, alt: str | None = None, dpi: int = 100) -> None:
    """Display a picture once, with alternative text, and close its figure.

    The output is an HTML ``<img>`` that holds the PNG and its ``alt``: JupyterLab and nbconvert's
    default template drop the ``alt`` that an ``image/png`` output carries in its metadata. Where
    only text can be shown, the alternative text is shown.

    Args:
        picture: an ``Axes`` (its whole figure is shown) or a ``Figure``.
        alt: what a reader who can't see the picture should know; by default what `describe` said
            of the figure's axes.
        dpi: pixels an inch.

    Raises:
        ValueError: there is no alternative text.
    """
    figure = picture if isinstance(picture, Figure) else picture.figure
    if not isinstance(figure, Figure):
        raise ValueError(f"picture is on a {type(figure).__name__}: show the Figure around it")
    alt = description(figure) if alt is None else " ".join(alt.split())
    if not alt:
        raise ValueError(
            f"alt is {alt!r}: say in words what the picture shows, in show(picture, alt) "
            "or describe(ax, text)"
        )
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=dpi, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    source = base64.b64encode(png.getvalue()).decode("ascii")
    image = f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{source}">'
    display({"text/html": image, "text/plain": alt}, raw=True)


# Small helpers


def _array(name: str, values: Any, *ndims: int) -> np.ndarray:
    """`values` as a float64 array with one of `ndims` dimensions, all finite."""
    array = torch.as_tensor(values).detach().to("cpu", torch.float64).numpy()
    if array.ndim not in ndims:
        wanted = " or ".join(str(n) for n in ndims)
        raise ValueError(
            f"{name} has shape {array.shape}: it must have {wanted} dimensions"
            + (", so pick one of the batch first" if array.ndim > max(ndims) else "")
        )
    if array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}: there is nothing in it to draw")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinity: every value must be finite")
    return array


def _labels(name: str, labels: Sequence[str] | None, size: int, what: str) -> list[str]:
    """`labels`, one for each of `size`; their numbers from 0 where there are none."""
    if labels is None:
        return [str(i) for i in range(size)]
    if isinstance(labels, str) or len(labels) != size:
        got = f"{labels!r}" if isinstance(labels, str) else f"{len(labels)} strings"
        raise ValueError(
            f"{name} is {got}: it must be a list of {size} strings, one for each {what}"
        )
    return [str(label) for label in labels]


def _weights(weights: Any, *ndims: int) -> np.ndarray:
    array = _array("weights", weights, *ndims)
    low, high = array.min(), array.max()
    if low < 0 or high > 1 + 1e-4:
        raise ValueError(
            f"weights lie between {low:.4g} and {high:.4g}: attention weights lie between 0 and 1, "
            "as softmax makes them"
        )
    return array


def _kind(kind: str, kinds: Sequence[str]) -> str:
    if kind not in kinds:
        raise ValueError(f"kind is {kind!r}: it must be one of {', '.join(map(repr, kinds))}")
    return kind


def _new_axes(ax: Axes | None, width: float, height: float) -> Axes:
    return ax if ax is not None else plt.subplots(figsize=(width, height), layout="constrained")[1]


def _join(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def _number_format(array: np.ndarray) -> str:
    return ".0f" if np.array_equal(array, array.round()) else ".2f"


def _heatmap(
    array: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    ax: Axes,
    *,
    low: float,
    high: float,
    cmap: str = SEQUENTIAL,
    legend: str | None = None,
    numbers: bool = False,
) -> None:
    """Cells with the first row on top and every row and column named."""
    small = max(array.shape) > 16
    sns.heatmap(
        array,
        ax=ax,
        vmin=low,
        vmax=high,
        cmap=cmap,
        square=True,
        annot=numbers,
        fmt=_number_format(array),
        annot_kws={"fontsize": 8},
        linewidths=0.5 if max(array.shape) <= 32 else 0,
        linecolor="0.85",
        cbar=legend is not None,
        cbar_kws={"label": legend, "shrink": 0.8} if legend else None,
        xticklabels=list(columns),
        yticklabels=list(rows),
    )
    size = 7 if small else 9
    longest = max(map(len, columns))
    ax.tick_params(axis="x", labelsize=size, rotation=90 if longest > 2 else 0)
    ax.tick_params(axis="y", labelsize=size, rotation=0)
    for side in ax.spines.values():
        side.set_visible(True)
        side.set_color("0.5")


def _side(n: int) -> float:
    """Inches for a square of n by n cells, names included."""
    return min(2.6 + 0.34 * n, 9.0)


# Attention


def plot_attention(
    weights: Any,
    tokens: Sequence[str],
    ax: Axes | None = None,
    title: str | None = None,
    key_tokens: Sequence[str] | None = None,
) -> Axes:
    """Heat map of one head's attention weights on a colour scale from 0 to 1.

    Args:
        weights: ``(n_q, n_k)``; rows are queries (the first on top), columns are keys.
        tokens: the ``n_q`` query tokens, and the keys' too unless `key_tokens` is given.
        key_tokens: the ``n_k`` key tokens, for cross-attention.

    Raises:
        ValueError: a shape and a list of tokens don't fit, or a weight is outside 0 to 1.
    """
    array = _weights(weights, 2)
    rows = _labels("tokens", tokens, array.shape[0], "row (query) of weights")
    columns = (
        _labels("tokens", tokens, array.shape[1], "column (key) of weights")
        if key_tokens is None
        else _labels("key_tokens", key_tokens, array.shape[1], "column (key) of weights")
    )
    ax = _new_axes(ax, _side(max(array.shape)) + 0.8, _side(array.shape[0]))
    numbers = max(array.shape) <= 8
    _heatmap(array, rows, columns, ax, low=0, high=1, legend="attention weight", numbers=numbers)
    ax.set(xlabel="key (attended to)", ylabel="query (attending)")
    ax.set_title(title or "Each row: where one token looks")
    best = array.argmax(axis=1)
    facts = [f"{rows[i]} to {columns[j]} {array[i, j]:.2f}" for i, j in enumerate(best)]
    more = f", and {len(facts) - 12} rows more" if len(facts) > 12 else ""
    return describe(
        ax,
        f"{ax.get_title()}. Heat map of attention weights, {array.shape[0]} queries by "
        f"{array.shape[1]} keys. Largest weight of each query: {', '.join(facts[:12])}{more}.",
    )


def _grid(
    arrays: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    titles: Sequence[str],
    ax: Axes | None,
    *,
    low: float,
    high: float,
    legend: str,
    axis_names: tuple[str, str],
) -> Axes:
    """One small heat map for each of `arrays` as panels inside one Axes, with one colour bar."""
    n_panels, height, width = arrays.shape
    n_columns = min(n_panels, 4)
    n_rows = math.ceil(n_panels / n_columns)
    named = max(height, width) <= 16
    if ax is None:
        panel = min(max(1.1 + 0.11 * max(height, width), 1.9), 3.0)
        ax = _new_axes(None, n_columns * panel + 1.6, n_rows * (panel + 0.25) + 1.2)
    for side in ax.spines.values():
        side.set_visible(False)
    ax.set(xticks=[], yticks=[])
    gap_x, gap_y = 0.06 / n_columns, 0.16 / n_rows
    panel_width = (1 - gap_x * (n_columns - 1)) / n_columns
    panel_height = (1 - gap_y * n_rows) / n_rows
    for index, array in enumerate(arrays):
        row, column = divmod(index, n_columns)
        left = column * (panel_width + gap_x)
        bottom = 1 - (row + 1) * (panel_height + gap_y)
        panel = ax.inset_axes((left, bottom, panel_width, panel_height))
        _heatmap(array, rows, columns, panel, low=low, high=high)
        panel.set_title(titles[index], fontsize=9, pad=3)
        if not named or column > 0:
            panel.set_yticks([])
        if not named or index + n_columns < n_panels:
            panel.set_xticks([])
        panel.tick_params(labelsize=7, length=0)
    label_pad = 4 + (4.5 * max(map(len, columns)) if named else 0)
    ax.set_xlabel(axis_names[0], labelpad=label_pad)
    ax.set_ylabel(axis_names[1], labelpad=4 + (4.5 * max(map(len, rows)) if named else 0))
    bar = ax.figure.colorbar(
        ax.child_axes[0].collections[0], ax=ax, label=legend, shrink=0.8, pad=0.02
    )
    bar.outline.set_visible(False)  # type: ignore[operator]
    return ax


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
    arrays = _weights(weights, 3)
    rows = _labels("tokens", tokens, arrays.shape[1], "row (query) of a head")
    columns = _labels("tokens", tokens, arrays.shape[2], "column (key) of a head")
    titles = _labels("names", names, len(arrays), "head")
    if names is None:
        titles = [f"head {i}" for i in range(len(arrays))]
    ax = _grid(
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
) -> Axes:
    """Bars for one row of weights or one distribution, with their values and their sum.

    Args:
        weights: ``(n,)``, not negative; they needn't add up to 1, and the picture says what they
            add up to.
        tokens: the ``n`` names under the bars.

    Raises:
        ValueError: a negative weight, or shape and tokens don't fit.
    """
    array = _array("weights", weights, 1)
    if array.min() < 0:
        raise ValueError(f"weights go down to {array.min():.4g}: they must not be negative")
    names = _labels("tokens", tokens, array.size, "weight")
    ax = _new_axes(ax, min(2.5 + 0.6 * array.size, 9), 3.2)
    bars = ax.bar(range(array.size), array, color=PALETTE[0], edgecolor="black", linewidth=0.6)
    if array.size <= 16:
        ax.bar_label(bars, [f"{value:.2f}" for value in array], fontsize=8, padding=1)
    ax.set_xticks(range(array.size), names, rotation=90 if max(map(len, names)) > 6 else 0)
    ax.set(xlabel="token", ylabel=y_label, ylim=(0, max(1.0, array.max()) * 1.1))
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
) -> Axes:
    """A boolean mask: dark with a tick where the query may attend to the key, hatched where not.

    Args:
        mask: boolean ``(n_q, n_k)``, ``True`` = may attend.
        tokens: names of queries and keys where ``n_q == n_k``, else of the ``n_k`` keys; numbers
            by default.

    Raises:
        ValueError: `mask` is not boolean or not of two dimensions, or doesn't fit the tokens.
    """
    dtype = torch.as_tensor(mask).dtype
    if dtype != torch.bool:
        raise ValueError(f"mask has dtype {dtype}: it must be boolean, True = may attend")
    array = _array("mask", mask, 2)
    n_q, n_k = array.shape
    columns = _labels("tokens", tokens, n_k, "column (key) of mask")
    rows = columns if n_q == n_k else [str(i) for i in range(n_q)]
    ax = _new_axes(ax, _side(n_k), _side(n_q))
    _heatmap(array * 0.75, rows, columns, ax, low=0, high=1)
    for i, j in np.argwhere(array == 0):
        ax.add_patch(Rectangle((j, i), 1, 1, facecolor="none", edgecolor="0.6", hatch="////", lw=0))
    if max(array.shape) <= 16:
        for i, j in np.argwhere(array == 1):
            ax.text(j + 0.5, i + 0.5, "✓", ha="center", va="center", color="white", fontsize=9)
    ax.set(xlabel="key", ylabel="query")
    ax.set_title(title or "✓ this query may attend to this key")
    allowed = [int(row.sum()) for row in array]
    return describe(
        ax,
        f"{ax.get_title().replace('✓', 'Ticked:')}. Mask of {n_q} queries by {n_k} keys; keys that "
        f"each query may attend to: {', '.join(map(str, allowed[:16]))}"
        f"{', …' if n_q > 16 else ''}.",
    )


def plot_influence(
    changes: Any,
    ax: Axes | None = None,
    title: str | None = None,
    tokens: Sequence[str] | None = None,
) -> Axes:
    """Which outputs change when one input token changes; exact zeros are hatched.

    Args:
        changes: ``(n_outputs, n_inputs)``, not negative: ``changes[i, j]`` is how far output ``i``
            moves when input ``j`` is changed.
        tokens: the input tokens, also for the outputs where there are as many; numbers by default.

    Raises:
        ValueError: a negative change, or shape and tokens don't fit.
    """
    array = _array("changes", changes, 2)
    if array.min() < 0:
        raise ValueError(f"changes go down to {array.min():.4g}: distances are not negative")
    n_outputs, n_inputs = array.shape
    columns = _labels("tokens", tokens, n_inputs, "column (input) of changes")
    rows = columns if n_outputs == n_inputs else [str(i) for i in range(n_outputs)]
    ax = _new_axes(ax, _side(n_inputs) + 0.8, _side(n_outputs))
    numbers = max(array.shape) <= 8
    high = float(array.max()) or 1.0
    _heatmap(
        array, rows, columns, ax, low=0, high=high, legend="change of the output", numbers=numbers
    )
    for i, j in np.argwhere(array == 0):
        ax.add_patch(Rectangle((j, i), 1, 1, facecolor="none", edgecolor="0.6", hatch="////", lw=0))
    ax.set(xlabel="input that is changed", ylabel="output that is watched")
    ax.set_title(title or "Hatched: this input can't reach this output")
    reach = [f"{columns[j]} moves {int((array[:, j] > 0).sum())}" for j in range(min(n_inputs, 12))]
    return describe(
        ax,
        f"{ax.get_title()}. Heat map of how far each of {n_outputs} outputs moves when one of "
        f"{n_inputs} inputs is changed. Outputs that move: {', '.join(reach)}"
        f"{', …' if n_inputs > 12 else ''}. Largest change {array.max():.2g}.",
    )


# Positions


def plot_encoding(encoding: Any, ax: Axes | None = None, title: str | None = None) -> Axes:
    """Heat map of position vectors on a scale that is symmetric about 0.

    Args:
        encoding: ``(n_positions, d_model)``; a row is the vector of one position, the first on top.

    Raises:
        ValueError: `encoding` has not two dimensions.
    """
    array = _array("encoding", encoding, 2)
    n_positions, d_model = array.shape
    ax = _new_axes(ax, 7.5, 4.2)
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
    positions: Sequence[float] | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Arrows of one pair of features as RoPE turns it from position to position.

    Args:
        vectors: ``(n, 2)``; row ``i`` is the pair at ``positions[i]``.
        positions: ``n`` positions; 0 to ``n - 1`` by default.

    Raises:
        ValueError: `vectors` is not ``(n, 2)``, or there are not ``n`` positions.
    """
    array = _array("vectors", vectors, 2)
    if array.shape[1] != 2:
        raise ValueError(
            f"vectors has shape {array.shape}: it must be (n, 2), one pair of features"
        )
    if positions is None:
        positions = range(len(array))
    names = _labels("positions", [f"{p:g}" for p in positions], len(array), "vector")
    ax = _new_axes(ax, 4.6, 4.6)
    length = np.linalg.norm(array, axis=1)
    reach = float(length.max()) or 1.0
    for radius in sorted({round(float(r), 6) for r in length}):
        ax.add_patch(Circle((0, 0), radius, fill=False, color="0.6", linestyle=":"))
    colours = sns.color_palette(SEQUENTIAL, len(array) + 2)[2:]
    for (x, y), size, name, colour in zip(array, length, names, colours, strict=True):
        ax.annotate(
            "", (x, y), (0, 0),
            arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        away = 1 + 0.12 * reach / size if size > 0 else 1
        ax.text(x * away, y * away, name, ha="center", va="center", fontsize=9)
    limit = 1.3 * reach
    ax.axhline(0, color="0.85", lw=0.8, zorder=0)
    ax.axvline(0, color="0.85", lw=0.8, zorder=0)
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
    ax.set(xlabel="first feature of the pair", ylabel="second feature of the pair")
    ax.set_title(title or "The position (at each arrow) turns the vector, its length stays")
    angles = np.degrees(np.arctan2(array[:, 1], array[:, 0])) % 360
    facts = ", ".join(f"{name} at {a:.0f}°" for name, a in zip(names, angles, strict=True))
    return describe(
        ax,
        f"{ax.get_title()}. Arrows from the origin, one for each position, of length "
        f"{length.min():.2f} to {length.max():.2f}; direction of position {facts}.",
    )


def plot_bias(bias: Any, ax: Axes | None = None, title: str | None = None) -> Axes:
    """ALiBi's bias on the scores, for one head or for all on one scale.

    Args:
        bias: ``(n, n)`` or ``(n_heads, n, n)``, not positive; rows are queries (the first on top),
            columns are keys.

    Raises:
        ValueError: `bias` has another shape or a positive value.
    """
    array = _array("bias", bias, 2, 3)
    if array.max() > 0:
        raise ValueError(f"bias goes up to {array.max():.4g}: it must not be positive")
    low = float(array.min()) or -1.0
    n_q, n_k = array.shape[-2:]
    rows, columns = [[str(i) for i in range(n)] for n in (n_q, n_k)]
    if array.ndim == 3:
        # Dark must mean "more" here as everywhere, so the penalty is drawn, not the bias.
        titles = [f"head {i}" for i in range(len(array))]
        ax = _grid(
            -array, rows, columns, titles, ax,
            low=0, high=-low, legend="penalty (minus the bias)", axis_names=("key", "query"),
        )  # fmt: skip
    else:
        ax = _new_axes(ax, _side(n_k) + 0.8, _side(n_q))
        _heatmap(
            -array, rows, columns, ax,
            low=0, high=-low, legend="penalty (minus the bias)", numbers=max(n_q, n_k) <= 8,
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


# Parameters and curves


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
        counts: part to number, as `helpers.parameters.transformer_parameters` gives it; ``total``
            is not a part and may be missing.

    Raises:
        ValueError: a negative number, nothing to draw, or a ``total`` that isn't the sum.
    """
    parts = _parts("counts", counts)
    total = sum(parts.values())
    names, values = [name.replace("_", " ") for name in parts], list(parts.values())
    ax = _new_axes(ax, 7.5, 1.3 + 0.42 * len(parts))
    bars = ax.barh(names, values, color=PALETTE[0], edgecolor="black", linewidth=0.6)
    texts = [f"{value:,}  ({value / total:.1%})" for value in values]
    ax.bar_label(bars, texts, padding=4, fontsize=9)
    ax.invert_yaxis()
    ax.set(xlabel="parameters", xlim=(0, max(values) * 1.45), ylabel="part of the model")
    ax.xaxis.set_major_formatter(lambda value, _: _short(value))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    largest = names[int(np.argmax(values))]
    ax.set_title(title or f"{total:,} parameters, most of them in: {largest}")
    sns.despine(ax=ax)
    facts = [f"{name} {text}" for name, text in zip(names, texts, strict=True)]
    return describe(ax, f"{ax.get_title()}. Bar chart of {total:,} parameters: {_join(facts)}.")


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
    ax = _new_axes(ax, 8.5, 1.7 + 0.5 * len(models))
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
    ax.invert_yaxis()
    ax.set(xlim=(0, left.max() * 1.25), ylabel="model")
    ax.set_xlabel("share of the model's parameters" if share else "parameters")
    if share:
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    else:
        ax.xaxis.set_major_formatter(lambda value, _: _short(value))
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.4, -0.2 - 0.3 / len(models)),
        ncols=min(len(names), 3), frameon=False, fontsize=9,
    )  # fmt: skip
    ax.set_title(title or "Where the parameters of each model are")
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
    points = _array("x", x, 1)
    if not 1 <= len(ys) <= len(MARKERS):
        raise ValueError(f"ys holds {len(ys)} lines: it must hold 1 to {len(MARKERS)}")
    lines = {name: _array(f"ys[{name!r}]", values, 1) for name, values in ys.items()}
    for name, values in lines.items():
        if values.shape != points.shape:
            raise ValueError(
                f"ys[{name!r}] has {values.size} values: it must have {points.size}, as many as x"
            )
    ax = _new_axes(ax, 6.5, 3.8)
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
