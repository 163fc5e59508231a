"""What every picture is drawn with: colours, alternative text, heat maps."""

from __future__ import annotations

import base64
import html
import io
import json
import math
from collections.abc import Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
import torch
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.typing import ColorType
from PIL import Image

PALETTE: list[str] = sns.color_palette("colorblind").as_hex()
SEQUENTIAL = "mako_r"
DIVERGING = "vlag"
HATCHES = ["", "///", "...", "\\\\\\", "xxx", "---", "ooo", "+++"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "*"]
DASHES: list[Any] = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)), "-"]

_descriptions: WeakKeyDictionary[Axes, str] = WeakKeyDictionary()
_tables: WeakKeyDictionary[Axes, tuple[np.ndarray, list[str], list[str]]] = WeakKeyDictionary()
"""The numbers of each heat map, and the names of its rows and columns."""
MOST_NUMBERS = 2_500
"""A picture whose heat maps have more cells is stored without their numbers, to stay small."""


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


def show(picture: Axes | Figure, alt: str | None = None, colours: int = 256) -> None:
    """Display a picture once, with alternative text, and close its figure.

    The output has three forms. JupyterLab, GitHub and nbconvert show the HTML ``<img>`` with its
    ``alt``. The ``image/png`` is for what can't show HTML, PDF for one; its metadata carry ``alt``
    too, but JupyterLab 4 and nbconvert's default template don't look at them, and `maps`, the
    numbers of its heat maps as JSON, for the book (see `maps_of`). The plain text is the
    alternative text.

    Args:
        picture: an ``Axes`` (its whole figure is shown) or a ``Figure``.
        alt: what a reader who can't see the picture should know; by default what `describe` said
            of the figure's axes.
        colours: how many the stored picture has; 32 do for lines and words, at two thirds of
            the size.

    Raises:
        ValueError: there is no alternative text.
    """
    png, text = _render(picture, alt, colours)
    said = {"alt": text}
    if maps := maps_of(picture):
        said["maps"] = json.dumps(maps, ensure_ascii=False)  # one line of the notebook
    display(
        {"text/html": _img(png, text), "image/png": png, "text/plain": text},
        metadata={"image/png": said},
        raw=True,
    )


def maps_of(picture: Axes | Figure) -> list[dict[str, Any]]:
    """The heat maps of a picture that has been drawn, so that a page can say a cell's number.

    Of each there is its `title` (where there are several), the `names` of rows and columns as
    axes, its `rows`, `columns` and `numbers` with three digits that matter, and its `box`: left,
    top, right and bottom as shares of the stored picture. None of more than `MOST_NUMBERS` cells.
    """
    figure = picture if isinstance(picture, Figure) else picture.figure
    drawn = [ax for ax in _tables if ax.figure is figure]
    if sum(_tables[ax][0].size for ax in drawn) > MOST_NUMBERS:
        return []
    whole = figure.get_tightbbox().padded(plt.rcParams["savefig.pad_inches"])
    maps = []
    for ax in drawn:
        array, rows, columns = _tables[ax]
        named = next((a for a in figure.axes if ax in a.child_axes), ax)
        cells = ax.get_window_extent()
        across = (np.array([cells.x0, cells.x1]) / figure.dpi - whole.x0) / whole.width
        down = (whole.y1 - np.array([cells.y1, cells.y0]) / figure.dpi) / whole.height
        box = [across[0], down[0], across[1], down[1]]
        maps.append(
            {
                "title": ax.get_title() if len(drawn) > 1 else "",
                "names": [n.partition(" (")[0] for n in (named.get_ylabel(), named.get_xlabel())],
                "rows": rows,
                "columns": columns,
                "numbers": [[float(f"{value:.3g}") for value in row] for row in array],
                "box": [round(float(share), 4) for share in box],
            }
        )
    return maps


def _render(picture: Axes | Figure, alt: str | None, colours: int = 256) -> tuple[str, str]:
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
    png = base64.b64encode(_png(figure, colours)).decode("ascii")
    plt.close(figure)
    return png, text


def _img(png: str, text: str) -> str:
    return f'<img alt="{html.escape(text)}" src="data:image/png;base64,{png}">'


def _png(figure: Figure, colours: int) -> bytes:
    """The figure as PNG of few colours, a third of the size; the same bytes for the same figure."""
    full, small = io.BytesIO(), io.BytesIO()
    fast = {"compress_level": 0}  # it is read again at once
    figure.savefig(full, format="png", dpi=100, bbox_inches="tight", pil_kwargs=fast)
    picture = Image.open(full).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


# Small helpers


def as_array(name: str, values: Any, *ndims: int) -> np.ndarray:
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


def as_labels(name: str, labels: Sequence[str] | None, size: int, what: str) -> list[str]:
    """`labels`, one for each of `size`; their numbers from 0 where there are none."""
    if labels is None:
        return [str(i) for i in range(size)]
    if isinstance(labels, str) or len(labels) != size:
        got = f"{labels!r}" if isinstance(labels, str) else f"{len(labels)} strings"
        raise ValueError(
            f"{name} is {got}: it must be a list of {size} strings, one for each {what}"
        )
    return [str(label) for label in labels]


def as_weights(weights: Any, *ndims: int) -> np.ndarray:
    array = as_array("weights", weights, *ndims)
    low, high = array.min(), array.max()
    if low < 0 or high > 1 + 1e-4:
        raise ValueError(
            f"weights lie between {low:.4g} and {high:.4g}: attention weights lie between 0 and 1, "
            "as softmax makes them"
        )
    return array


def one_of(kind: str, kinds: Sequence[str]) -> str:
    if kind not in kinds:
        raise ValueError(f"kind is {kind!r}: it must be one of {', '.join(map(repr, kinds))}")
    return kind


def new_axes(ax: Axes | None, width: float, height: float) -> Axes:
    return ax if ax is not None else plt.subplots(figsize=(width, height), layout="constrained")[1]


def join_words(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def contrast(one: ColorType, other: ColorType) -> float:
    """How well two colours can be told apart, from 1 to 21, as WCAG 2 has it: text needs 4.5."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: ColorType) -> float:
    parts = np.asarray(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def _number_format(array: np.ndarray) -> str:
    return ".0f" if np.array_equal(array, array.round()) else ".2f"


def draw_heatmap(
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
    told: bool = True,
) -> None:
    """Cells with the first row on top and every row and column named.

    told: whether the numbers are worth telling; a mask has none.
    """
    if told:
        _tables[ax] = array, list(rows), list(columns)
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
    if numbers:  # seaborn writes white on middling colours, where black can be read better
        grounds: Any = ax.collections[0].get_facecolor()
        for text, ground in zip(ax.texts, grounds, strict=True):
            text.set_color(max("white", "black", key=partial(contrast, ground)))
    cell = ax.get_window_extent().width / ax.figure.dpi / len(columns)
    size = 7 if max(array.shape) > 16 and cell < 0.3 else 9
    crowded = max(map(len, columns)) * 0.09 > 0.85 * cell
    ax.tick_params(axis="x", labelsize=size, rotation=90 if crowded else 0)
    ax.tick_params(axis="y", labelsize=size, rotation=0)
    for side in ax.spines.values():
        side.set_visible(True)
        side.set_color("0.5")


def side_of(n: int) -> float:
    """Inches for a square of n by n cells, names included."""
    return min(2.6 + 0.34 * n, 9.0)


def draw_grid(
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
        ax = new_axes(None, n_columns * panel + 1.9, n_rows * panel * (tall + above) + 1.0)
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
        draw_heatmap(array, rows, columns, panel, low=low, high=high)
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
    bar.outline.set_visible(False)
    return ax
