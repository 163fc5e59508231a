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
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from PIL import Image

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


def to_html(picture: Axes | Figure, alt: str | None = None) -> str:
    """The picture as an HTML ``<img>`` with alternative text; closes its figure.

    Arguments and errors as in `show`.
    """
    return _img(*_render(picture, alt))


def show(picture: Axes | Figure, alt: str | None = None) -> None:
    """Display a picture once, with alternative text, and close its figure.

    The output has three forms. JupyterLab, GitHub and nbconvert show the HTML ``<img>`` with its
    ``alt``. The ``image/png`` is for what can't show HTML, PDF for one; its metadata carry ``alt``
    too, but JupyterLab 4 and nbconvert's default template don't look at them. The plain text is
    the alternative text.

    Args:
        picture: an ``Axes`` (its whole figure is shown) or a ``Figure``.
        alt: what a reader who can't see the picture should know; by default what `describe` said
            of the figure's axes.

    Raises:
        ValueError: there is no alternative text.
    """
    png, text = _render(picture, alt)
    display(
        {"text/html": _img(png, text), "image/png": png, "text/plain": text},
        metadata={"image/png": {"alt": text}},
        raw=True,
    )


def _render(picture: Axes | Figure, alt: str | None) -> tuple[str, str]:
    """The figure's PNG in base64 and its alternative text. The figure is closed."""
    figure = picture if isinstance(picture, Figure) else picture.figure
    if not isinstance(figure, Figure):
        raise ValueError(f"picture is on a {type(figure).__name__}: show the Figure around it")
    text = description(figure) if alt is None else " ".join(alt.split())
    if not text:
        raise ValueError(
            f"alt is {alt!r}: say in words what the picture shows, in show(picture, alt) "
            "or describe(ax, text)"
        )
    png = base64.b64encode(_png(figure)).decode("ascii")
    plt.close(figure)
    return png, text


def _img(png: str, text: str) -> str:
    return f'<img alt="{html.escape(text)}" src="data:image/png;base64,{png}">'


def _png(figure: Figure) -> bytes:
    """The figure as PNG of 256 colours, a third of the size; the same bytes for the same figure."""
    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, format="png", dpi=100, bbox_inches="tight")
    picture = Image.open(full).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


# Small helpers


def _array(name: str, values: Any, *ndims: int) -> np.ndarray:
    """`values` as a float64 array with one of `ndims` dimensions, all finite."""
    if isinstance(values, torch.Tensor):
        values = values.detach().to("cpu", torch.float64)
    array = np.asarray(values, dtype=np.float64)
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
    cell = ax.get_window_extent().width / ax.figure.dpi / len(columns)
    size = 7 if max(array.shape) > 16 and cell < 0.3 else 9
    crowded = max(map(len, columns)) * 0.09 > 0.85 * cell
    ax.tick_params(axis="x", labelsize=size, rotation=90 if crowded else 0)
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
    numbers = max(array.shape) <= 10
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
    # In widths of a panel: what stands between two panels, and above each for its title.
    gap, above, tall = 0.06, 0.14, height / width
    if ax is None:
        panel = min(max(1.1 + 0.11 * max(height, width), 1.9), 3.0)
        ax = _new_axes(None, n_columns * panel + 1.9, n_rows * panel * (tall + above) + 1.0)
    for side in ax.spines.values():
        side.set_visible(False)
    ax.set(xticks=[], yticks=[])
    whole = n_columns + gap * (n_columns - 1), n_rows * (tall + above)
    ax.set_box_aspect(whole[1] / whole[0])
    for index, array in enumerate(arrays):
        row, column = divmod(index, n_columns)
        left = column * (1 + gap) / whole[0]
        bottom = 1 - (row + 1) * (tall + above) / whole[1]
        panel = ax.inset_axes((left, bottom, 1 / whole[0], tall / whole[1]))
        _heatmap(array, rows, columns, panel, low=low, high=high)
        panel.set_title(titles[index], fontsize=9, pad=3)
        if not named or column > 0:
            panel.set_yticks([])
        if not named or index + n_columns < n_panels:
            panel.set_xticks([])
        panel.tick_params(labelsize=7, length=0)
    label_pad = 10 + (4.5 * max(map(len, columns)) if named else 0)
    ax.set_xlabel(axis_names[0], labelpad=label_pad)
    ax.set_ylabel(axis_names[1], labelpad=10 + (4.5 * max(map(len, rows)) if named else 0))
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
    array = _array("weights", weights, 1)
    if array.min() < 0:
        raise ValueError(f"weights go down to {array.min():.4g}: they must not be negative")
    names = _labels("tokens", tokens, array.size, "weight")
    ax = _new_axes(ax, min(2.5 + 0.6 * array.size, 9), 3.2)
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
    numbers = max(array.shape) <= 10
    high = float(array.max()) or 1.0
    _heatmap(
        array, rows, columns, ax, low=0, high=high, legend="change of the output", numbers=numbers
    )
    for text, value in zip(list(ax.texts), array.flat, strict=False):
        if value == 0:
            text.remove()  # the hatch says it, and 0.00 is what a small change looks like, too
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
    array = _array("vectors", vectors, 2)
    if array.shape[1] != 2:
        raise ValueError(
            f"vectors has shape {array.shape}: it must be (n, 2), one pair of features"
        )
    names = _labels("labels", labels, len(array), "vector")
    ax = _new_axes(ax, 4.6, 4.6)
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
    penalty = np.abs(array)  # so that dark means "more" here as everywhere
    if array.ndim == 3:
        titles = [f"head {i}" for i in range(len(array))]
        ax = _grid(
            penalty, rows, columns, titles, ax,
            low=0, high=-low, legend="penalty (minus the bias)", axis_names=("key", "query"),
        )  # fmt: skip
    else:
        ax = _new_axes(ax, _side(n_k) + 0.8, _side(n_q))
        _heatmap(
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
    ax.set_title(title or f"{total:,} parameters; the largest part: {largest}")
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
        loc="upper center", bbox_to_anchor=(0.4, 0), borderaxespad=4.5,
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


# Diagrams

Point = tuple[float, float]

INK = "black"
GHOST = "#757575"
_FILL = {
    "attention": sns.light_palette(PALETTE[0], 10).as_hex()[3],
    "feed_forward": sns.light_palette(PALETTE[1], 10).as_hex()[4],
    "norm": sns.light_palette(PALETTE[8], 10).as_hex()[3],
    "embedding": sns.light_palette(PALETTE[2], 10).as_hex()[4],
    "output": sns.light_palette(PALETTE[4], 10).as_hex()[4],
    "plain": "white",
}


class _Box:
    """A drawn box, and the points where arrows meet it."""

    def __init__(self, x: float, y: float, width: float, height: float) -> None:
        self.x, self.y = x, y
        self.top: Point = (x, y + height / 2)
        self.bottom: Point = (x, y - height / 2)
        self.left: Point = (x - width / 2, y)
        self.right: Point = (x + width / 2, y)


class _Diagram:
    """Boxes and arrows on axes whose unit is an inch at full size; letters shrink with the axes."""

    def __init__(self, ax: Axes | None, width: float, height: float) -> None:
        self.ax = _new_axes(ax, width, height + 0.35)
        self.ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
        self.ax.set_axis_off()
        extent = self.ax.get_window_extent()
        dpi = self.ax.figure.dpi
        given = min(extent.width / dpi / width, extent.height / dpi / height)
        self.scale = 1.0 if ax is None else min(1.0, given)

    def text(
        self, x: float, y: float, text: str, *, ghost: bool = False, size: float = 9, **kwargs: Any
    ) -> None:
        options: dict[str, Any] = {"ha": "center", "va": "center", "linespacing": 1.15} | kwargs
        self.ax.text(
            x, y, text, fontsize=size * self.scale, color=GHOST if ghost else INK, **options
        )

    def box(
        self,
        x: float,
        y: float,
        text: str,
        fill: str = "plain",
        *,
        width: float = 2.3,
        height: float = 0.42,
        ghost: bool = False,
        size: float = 9.5,
    ) -> _Box:
        self.ax.add_patch(
            FancyBboxPatch(
                (x - width / 2, y - height / 2),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.07",
                facecolor="white" if ghost else _FILL[fill],
                edgecolor=GHOST if ghost else INK,
                linestyle="--" if ghost else "-",
                linewidth=1.1 * self.scale,
                zorder=3,
            )
        )
        self.text(x, y, text, ghost=ghost, size=size, zorder=4)
        return _Box(x, y, width, height)

    def plus(self, x: float, y: float, *, ghost: bool = False) -> _Box:
        radius = 0.13
        colour = GHOST if ghost else INK
        self.ax.add_patch(
            Circle(
                (x, y), radius, facecolor="white", edgecolor=colour,
                linewidth=1.1 * self.scale, zorder=3,
            )
        )  # fmt: skip
        for dx, dy in ((0.07, 0.0), (0.0, 0.07)):
            self.ax.plot(
                [x - dx, x + dx], [y - dy, y + dy], color=colour, lw=1.1 * self.scale, zorder=4
            )
        return _Box(x, y, 2 * radius, 2 * radius)

    def frame(self, x: float, y: float, width: float, height: float, *, ghost: bool) -> None:
        """A tinted rectangle behind the boxes of a block, its lower left corner at (x, y)."""
        self.ax.add_patch(
            FancyBboxPatch(
                (x, y), width, height, boxstyle="round,pad=0,rounding_size=0.15",
                facecolor="white" if ghost else "#f4f4f4", edgecolor="0.6",
                linestyle="--" if ghost else "-", linewidth=self.scale, zorder=0,
            )
        )  # fmt: skip

    def arrow(self, *points: Point, ghost: bool = False, wide: bool = False) -> None:
        """An arrow along straight lines through `points`, its head at the last."""
        self.ax.add_patch(
            FancyArrowPatch(
                path=Path(points),
                arrowstyle="-|>",
                mutation_scale=9 * self.scale,
                shrinkA=0,
                shrinkB=0,
                color=GHOST if ghost else INK,
                linestyle="--" if ghost else "-",
                linewidth=(2.2 if wide else 1.1) * self.scale,
                joinstyle="miter",
                capstyle="butt",
                zorder=2,
            )
        )

    def done(self, title: str, alt: str) -> Axes:
        self.ax.set_title(title, fontsize=12 * self.scale)
        return describe(self.ax, f"{title}. {alt}")


def _sublayers(
    diagram: _Diagram,
    route: list[Point],
    layers: Sequence[tuple[str, str, bool]],
    side: int,
    ghost: bool,
) -> tuple[Point, list[_Box]]:
    """Sublayers above the end of `route`, each with Add & Norm and a residual line.

    Args:
        route: where the line into the first sublayer has come along.
        side: where the residual lines run, -1 for left, 1 for right.
        layers: text, fill and whether the sublayer is left out; of a left-out one the residual line
            remains, as the way past it.

    Returns:
        The top of the last one, and the sublayers' boxes.
    """
    boxes = []
    for text, fill, left_out in layers:
        x, y = route[-1]
        faint = ghost or left_out
        box = diagram.box(x, y + 0.62, text, fill, ghost=faint)
        norm = diagram.box(x, y + 1.2, "Add & Norm", "norm", ghost=faint, height=0.34)
        boxes.append(box)
        split: Point = (x, y + 0.16)
        around: list[Point] = [split, (x + side * 1.42, split[1])]
        diagram.arrow(box.top, norm.bottom, ghost=faint)
        if left_out and not ghost:
            above = norm.top[1] + 0.2
            diagram.arrow(split, box.bottom, ghost=True)
            route = [*route, *around, (around[1][0], above), (x, above)]
            continue
        diagram.arrow(*route, box.bottom, ghost=faint)
        into = norm.right if side > 0 else norm.left
        diagram.arrow(*around, (around[1][0], norm.y), into, ghost=faint)
        route = [norm.top]
    return route[-1], boxes


_ARCHITECTURES = {
    "encoder-decoder": (
        "Encoder-decoder: the decoder also looks at the encoder's output",
        "Left, the encoder: embeddings plus positions, then N times multi-head self-attention and "
        "feed-forward, each followed by add and norm, with a residual line around it. Right, the "
        "decoder: the same with masked self-attention, and between the two sublayers "
        "cross-attention, whose keys and values come from the encoder; then a linear layer and "
        "softmax give the next token's probabilities.",
    ),
    "encoder-only": (
        "Encoder-only: every token sees every other, and nothing is generated",
        "The encoder is drawn: embeddings plus positions, then N times multi-head self-attention "
        "and feed-forward, each with add and norm and a residual line; out comes one vector a "
        "token. The whole decoder is dashed and grey: left out.",
    ),
    "decoder-only-2017": (
        "Decoder-only: no encoder, so no cross-attention either",
        "The decoder is drawn: embeddings plus positions, then N times masked multi-head "
        "self-attention and feed-forward, each with add and norm and a residual line, then a "
        "linear layer and softmax. Dashed and grey, so left out: the whole encoder, and the "
        "decoder's cross-attention with its add and norm, which the main line passes by.",
    ),
    "decoder-only": (
        "A decoder-only model of today: only additions on the residual line",
        "Upwards: tokens, embedding, then N times a block, a final RMSNorm called norm, the linear "
        "layer called output, logits, and softmax for the next token's probabilities. A thick line "
        "goes straight up through all blocks and two plus signs in each. Beside it, attention_norm "
        "(RMSNorm) and attention (causal, RoPE on queries and keys) branch off and come back at "
        "the first plus; feed_forward_norm (RMSNorm) and feed_forward (SwiGLU) at the second. No "
        "position is added at the embedding.",
    ),
}


def plot_architecture(kind: str, ax: Axes | None = None, title: str | None = None) -> Axes:
    """A whole model.

    Args:
        kind: "decoder-only" is `helpers.transformer_block.DecoderLM`, Llama's architecture
            (Touvron et al. 2023, section 2.2), with the names of its parts. The others are the
            Transformer of Vaswani et al. (2017, figure 1), with what they leave out dashed grey:
            "encoder-decoder" nothing, "encoder-only" the decoder, "decoder-only-2017" the encoder.

    Raises:
        ValueError: another `kind`.
    """
    default, alt = _ARCHITECTURES[_kind(kind, list(_ARCHITECTURES))]
    if kind == "decoder-only":
        return _decoder_lm(ax).done(title or default, alt)
    no_encoder, no_decoder = kind == "decoder-only-2017", kind == "encoder-only"
    diagram = _Diagram(ax, 7.9, 8.55)

    def inputs(x: float, side: int, text: str, ghost: bool) -> list[Point]:
        diagram.text(x, 0.25, text, ghost=ghost, size=9.5)
        embedding = diagram.box(x, 0.85, "Embedding", "embedding", ghost=ghost)
        plus = diagram.plus(x, 1.42, ghost=ghost)
        positions = diagram.box(
            x + side * 1.2, 1.42, "Positions", "embedding", width=1.05, height=0.34, ghost=ghost
        )
        diagram.arrow((x, 0.4), embedding.bottom, ghost=ghost)
        diagram.arrow(embedding.top, plus.bottom, ghost=ghost)
        if side < 0:
            diagram.arrow(positions.right, plus.left, ghost=ghost)
        else:
            diagram.arrow(positions.left, plus.right, ghost=ghost)
        return [plus.top, (x, 1.8)]

    left, right = 1.95, 5.95
    route = inputs(left, -1, "input tokens", no_encoder)
    diagram.frame(left - 1.6, 1.8, 3.2, 3.15, ghost=no_encoder)
    diagram.text(left - 1.35, 4.75, "N ×", ghost=no_encoder, size=11)
    diagram.text(left + 1.5, 4.75, "encoder", ghost=no_encoder, size=9, ha="right")
    encoded, _ = _sublayers(
        diagram,
        route,
        [
            ("Multi-head self-attention", "attention", False),
            ("Feed-forward", "feed_forward", False),
        ],
        -1,
        no_encoder,
    )
    route = inputs(right, 1, "output tokens so far", no_decoder)
    diagram.frame(right - 1.6, 1.8, 3.2, 4.78, ghost=no_decoder)
    diagram.text(right + 1.35, 6.38, "N ×", ghost=no_decoder, size=11)
    diagram.text(right - 1.5, 6.38, "decoder", ghost=no_decoder, size=9, ha="left")
    decoded, boxes = _sublayers(
        diagram,
        route,
        [
            ("Masked self-attention", "attention", False),
            ("Cross-attention", "attention", no_encoder),
            ("Feed-forward", "feed_forward", False),
        ],
        1,
        no_decoder,
    )
    cross = boxes[1]
    if no_decoder:
        out = diagram.box(left, 5.7, "One vector a token", "output")
        diagram.arrow(encoded, out.bottom)
    else:
        gutter = (left + right) / 2
        diagram.arrow(
            encoded, (left, 5.25), (gutter, 5.25), (gutter, cross.y), cross.left, ghost=no_encoder
        )
        diagram.text((left + gutter) / 2, 5.38, "K, V", ghost=no_encoder)
        diagram.text(right - 0.1, cross.y - 0.34, "Q", ghost=no_encoder, ha="right")
    linear = diagram.box(right, 7.0, "Linear", "output", ghost=no_decoder, height=0.36)
    softmax = diagram.box(right, 7.6, "Softmax", "output", ghost=no_decoder, height=0.36)
    diagram.arrow(decoded, linear.bottom, ghost=no_decoder)
    diagram.arrow(linear.top, softmax.bottom, ghost=no_decoder)
    diagram.arrow(softmax.top, (right, 8.12), ghost=no_decoder)
    diagram.text(right, 8.3, "next token's probabilities", ghost=no_decoder, size=9.5)
    return diagram.done(title or default, alt)


def _decoder_lm(ax: Axes | None) -> _Diagram:
    """The boxes of "decoder-only", and beside each the name that `DecoderLM` gives it."""
    diagram = _Diagram(ax, 6.75, 8.6)
    main, branch, names = 1.35, 3.6, 5.0

    def step(x: float, y: float, text: str, fill: str, name: str = "", tall: float = 0.36) -> _Box:
        if name:
            diagram.text(names if x == branch else x + 1.1, y, name, ha="left", family="monospace")
        return diagram.box(x, y, text, fill, width=2.5 if x == branch else 1.9, height=tall)

    diagram.text(main, 0.15, "tokens  (…, n)")
    embedding = step(main, 0.7, "Embedding", "embedding", "embedding")
    diagram.arrow((main, 0.3), embedding.bottom)
    diagram.text(main + 0.12, 1.07, "x  (…, n, d_model)", ha="left")
    diagram.frame(main - 0.95, 1.3, 6.2, 4.62, ghost=False)
    diagram.text(main - 0.6, 5.7, "N ×", size=11)
    below = embedding.top
    for norm_name, text, name, fill in (
        ("attention_norm", "Causal self-attention\nRoPE on Q and K", "attention", "attention"),
        ("feed_forward_norm", "SwiGLU", "feed_forward", "feed_forward"),
    ):
        y = max(below[1], 1.3)
        norm = step(branch, y + 0.62, "RMSNorm", "norm", norm_name)
        box = step(branch, y + 1.32, text, fill, name, tall=0.52)
        plus = diagram.plus(main, y + 1.95)
        diagram.arrow((main, y + 0.25), (branch, y + 0.25), norm.bottom)
        diagram.arrow(norm.top, box.bottom)
        diagram.arrow(box.top, (branch, plus.y), plus.right)
        diagram.arrow(below, plus.bottom, wide=True)
        below = plus.top
    for y, text, fill, name in (
        (6.25, "RMSNorm", "norm", "norm"),
        (6.9, "Linear", "output", "output"),
        (7.75, "Softmax", "output", ""),
    ):
        box = step(main, y, text, fill, name)
        diagram.arrow(below, box.bottom, wide=text == "RMSNorm")
        below = box.top
    diagram.text(main + 0.12, 7.32, "logits  (…, n, vocab_size)", ha="left")
    diagram.arrow(below, (main, 8.25))
    diagram.text(main, 8.42, "next token's probabilities", ha="center")
    return diagram


_BLOCKS = {
    "post-norm": (
        "Post-norm: every norm sits on the residual line",
        "Upwards: x, attention, plus, norm, feed-forward, plus, norm. A residual line goes from "
        "before attention and from before feed-forward to the plus behind it, so what x carries "
        "passes through both norms.",
    ),
    "pre-norm": (
        "Pre-norm: the residual line runs straight through",
        "A thick line goes straight up from x to the output through two plus signs. Beside it, "
        "norm and attention branch off and come back at the first plus; norm and feed-forward at "
        "the second. No norm sits on the line itself.",
    ),
}


def plot_block(kind: str, ax: Axes | None = None, title: str | None = None) -> Axes:
    """One Transformer block; the residual line is drawn thick.

    Args:
        kind: "post-norm" (Vaswani et al. 2017) or "pre-norm" (Xiong et al. 2020).

    Raises:
        ValueError: another `kind`.
    """
    default, alt = _BLOCKS[_kind(kind, list(_BLOCKS))]
    diagram = _Diagram(ax, 4.1, 5.55)
    main, branch = 0.8, 2.75
    sublayers = [("Multi-head attention", "attention"), ("Feed-forward", "feed_forward")]
    diagram.text(main - 0.2, 0.15, "x  (…, n, d_model)", ha="left")
    below: Point = (main, 0.3)
    for text, fill in sublayers:
        y = below[1]
        if kind == "pre-norm":
            norm = diagram.box(branch, y + 0.6, "Norm", "norm", height=0.36)
            box = diagram.box(branch, y + 1.3, text, fill)
            plus = diagram.plus(main, y + 2.1)
            diagram.arrow((main, y + 0.2), (branch, y + 0.2), norm.bottom)
            diagram.arrow(norm.top, box.bottom)
            diagram.arrow(box.top, (branch, plus.y), plus.right)
            diagram.arrow(below, plus.bottom, wide=True)
            below = plus.top
        else:
            box = diagram.box(branch, y + 0.75, text, fill)
            plus = diagram.plus(main, y + 1.4)
            norm = diagram.box(main, y + 2.05, "Norm", "norm", width=1.2, height=0.36)
            diagram.arrow((main, y + 0.2), (branch, y + 0.2), box.bottom)
            diagram.arrow(box.top, (branch, plus.y), plus.right)
            diagram.arrow(below, plus.bottom, wide=True)
            diagram.arrow(plus.top, (main, norm.bottom[1]), wide=True)
            below = (main, norm.top[1])
    diagram.arrow(below, (main, 5.25), wide=True)
    diagram.text(main - 0.2, 5.4, "output  (…, n, d_model)", ha="left")
    return diagram.done(title or default, alt)


def plot_attention_flow(ax: Axes | None = None, title: str | None = None) -> Axes:
    """Scaled dot-product attention step by step, with the shape of all that flows.

    Source: Vaswani et al. (2017), section 3.2.1 and figure 2 (left).
    """
    diagram = _Diagram(ax, 6.4, 6.6)
    q, k, v = 1.15, 3.15, 5.15
    middle = (q + k) / 2
    sources = [
        diagram.box(x, 1.35, name, "embedding", width=1.5)
        for x, name in ((q, "Q = x W_q"), (k, "K = x W_k"), (v, "V = x W_v"))
    ]
    diagram.text(k, 0.15, "x  (n, d_model)", size=9.5)
    diagram.arrow((k, 0.3), sources[1].bottom)
    for source in (sources[0], sources[2]):
        diagram.arrow((k, 0.7), (source.x, 0.7), source.bottom)
    scores = diagram.box(middle, 2.45, "Q Kᵀ", "attention", width=3.5)
    scale = diagram.box(middle, 3.3, "÷ √d_k", "attention", width=3.5)
    softmax = diagram.box(middle, 4.15, "softmax over the keys", "attention", width=3.5)
    mix = diagram.box((middle + v) / 2, 5.35, "weights · V", "attention", width=4.6)
    for source, shape in zip(sources[:2], ("(n, d_k)", "(n, d_k)"), strict=True):
        diagram.arrow(source.top, (source.x, scores.bottom[1]))
        diagram.text(source.x + 0.1, 1.9, shape, ha="left")
    diagram.arrow(sources[2].top, (v, mix.bottom[1]))
    diagram.text(v + 0.1, 1.9, "(n, d_v)", ha="left")
    diagram.arrow(scores.top, scale.bottom)
    diagram.text(middle + 0.1, (scores.y + scale.y) / 2, "scores  (n, n)", ha="left")
    diagram.arrow(scale.top, softmax.bottom)
    diagram.text(middle + 0.1, (scale.y + softmax.y) / 2, "variance back near 1", ha="left")
    diagram.arrow(softmax.top, (middle, mix.bottom[1]))
    diagram.text(middle + 0.1, 4.75, "weights  (n, n), rows add up to 1", ha="left")
    diagram.arrow(mix.top, (mix.x, 6.15))
    diagram.text(mix.x, 6.3, "output  (n, d_v)", size=9.5)
    return diagram.done(
        title or "Scores pick, softmax shares out, V is mixed",
        "Upwards: x of shape (n, d_model) gives Q and K of shape (n, d_k) and V of shape (n, d_v). "
        "Q times K transposed gives scores of shape (n, n); they are divided by the square root "
        "of d_k; softmax over the keys makes weights of shape (n, n) whose rows add up to 1; the "
        "weights times V give the output of shape (n, d_v).",
    )


def plot_multi_head_flow(ax: Axes | None = None, title: str | None = None) -> Axes:
    """Multi-head attention step by step, with the shape of all that flows.

    Source: Vaswani et al. (2017), section 3.2.2 and figure 2 (right).
    """
    diagram = _Diagram(ax, 6.6, 6.55)
    xs = (1.2, 3.3, 5.4)
    diagram.text(xs[1], 0.15, "x  (n, d_model)", size=9.5)
    attention_y = 3.45
    wide = 5.5
    for step in (2, 1):
        diagram.box(
            xs[1] + 0.12 * step, attention_y + 0.12 * step, "", "attention", width=wide, height=0.66
        )
    attention = diagram.box(
        xs[1], attention_y, "scaled dot-product attention, in every head at once",
        "attention", width=wide, height=0.66,
    )  # fmt: skip
    for x, name in zip(xs, ("W_q", "W_k", "W_v"), strict=True):
        linear = diagram.box(x, 1.25, f"Linear {name}", "embedding", width=1.5)
        split = diagram.box(x, 2.2, "split_heads", "plain", width=1.5)
        if x == xs[1]:
            diagram.arrow((x, 0.3), linear.bottom)
        else:
            diagram.arrow((xs[1], 0.65), (x, 0.65), linear.bottom)
        diagram.arrow(linear.top, split.bottom)
        diagram.text(x + 0.08, 1.73, "(n, d_model)", ha="left", size=8)
        diagram.arrow(split.top, (x, attention.bottom[1]))
        diagram.text(x + 0.08, 2.78, "(n_heads, n, d_head)", ha="left", size=8)
    merge = diagram.box(xs[1], 4.65, "merge_heads", "plain")
    output = diagram.box(xs[1], 5.5, "Linear W_o", "output")
    diagram.arrow((xs[1], attention.top[1] + 0.24), merge.bottom)
    diagram.text(xs[1] + 0.1, 4.22, "(n_heads, n, d_head)", ha="left", size=8)
    diagram.arrow(merge.top, output.bottom)
    diagram.text(xs[1] + 0.1, 5.07, "(n, d_model): the heads side by side", ha="left", size=8)
    diagram.arrow(output.top, (xs[1], 6.15))
    diagram.text(xs[1], 6.3, "output  (n, d_model)", size=9.5)
    return diagram.done(
        title or "Every head gets its own d_head features of Q, K and V",
        "Upwards: x of shape (n, d_model) goes through three linear layers W_q, W_k and W_v; "
        "split_heads makes (n_heads, n, d_head) of each; scaled dot-product attention runs in "
        "every head at once; merge_heads sets the heads side by side again, (n, d_model), and the "
        "linear layer W_o mixes them into the output, (n, d_model).",
    )
