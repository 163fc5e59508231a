"""A heat map of weights: what the axes show, what often goes wrong with it, and hidden cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from checks.attention_patterns.exercise import EXERCISE
from checks.attention_patterns.weights import (
    EYE,
    WORDS,
    all_kinds,
    case_of,
    random_weights,
    with_words,
)
from checks.compare import attempt, same
from checks.seen import Predicate, raised

# The axes may live in another process: only attributes are read and methods called, and every
# array is asked for its plain numbers.


_TEXT = re.compile(r"""Text\(([-.\d]+), ([-.\d]+), (['"])([^\\]*)\3\)""")
"""What Matplotlib says of most texts: x, y, and what is written."""


def _maps(ax: Any) -> list[Any]:
    """What shows a matrix on a colour scale: images and meshes, but neither lines nor dots."""
    return [shown for shown in (*ax.images, *ax.collections) if np.ndim(shown.get_array()) == 2]


def _centres(artist: Any, n_rows: int, n_columns: int) -> tuple[Any, Any]:
    """Where the columns (x) and the rows (y) of a heat map lie, in data coordinates."""
    if hasattr(artist, "get_coordinates"):
        corners = np.array(artist.get_coordinates().tolist())
        x, y = corners[0, :, 0], corners[:, 0, 1]
    else:
        left, right, bottom, top = artist.get_extent()
        ends = (bottom, top) if artist.origin == "lower" else (top, bottom)
        x, y = np.linspace(left, right, n_columns + 1), np.linspace(*ends, n_rows + 1)
    if len(x) > n_columns:  # edges, and not centres (as of a shaded mesh)
        x, y = (x[:-1] + x[1:]) / 2, (y[:-1] + y[1:]) / 2
    return x, y


def _label(tick: Any, coordinate: int) -> tuple[float, str]:
    """Where a tick label is, and what it says: as a rule one question to the answer's process,
    where asking for both by name takes four."""
    if found := _TEXT.fullmatch(str(tick)):
        return float(found[1 + coordinate]), found[4]
    return float(tick.get_position()[coordinate]), str(tick.get_text())


def _labels(axis: Any, is_on: bool, places: Any, coordinate: int) -> list[str]:
    """The tick labels shown at each of the places, at most half a cell away."""
    near = 0.499 * (abs(places[1] - places[0]) if len(places) > 1 else 1)
    ticks = axis.get_ticklabels() if is_on and axis.get_visible() else []
    texts = [_label(tick, coordinate) for tick in ticks]
    return ["".join(text for at, text in texts if abs(at - place) < near) for place in places]


def _picture(ax: Any) -> dict[str, Any]:
    """What the heat map on the axes shows, as plain values."""
    try:
        is_on = ax.axison
    except AttributeError:
        return {"returned": "no axes"}
    maps = _maps(ax)
    if not maps:
        return {"returned": "axes", "heat maps": 0}
    values = np.array(maps[-1].get_array().tolist(), dtype=float)  # NaN where it is masked
    x, y = _centres(maps[-1], *values.shape)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    across, down = (x - left) / (right - left), (y - top) / (bottom - top)
    columns, rows = across.argsort(), down.argsort()
    inside = all(0 <= place <= 1 for place in (*across, *down))
    return {
        "returned": "axes",
        "heat maps": len(maps),
        "limits": "all of the heat map is shown" if inside else "part of it is cut off",
        "weights drawn": torch.from_numpy(values[rows][:, columns]),
        "colour scale": tuple(map(float, maps[-1].get_clim())),
        "tick labels on the x axis": _labels(ax.xaxis, is_on, x[columns], 0),
        "tick labels on the y axis": _labels(ax.yaxis, is_on, y[rows], 1),
    }


def _draw(answer: Any, weights: Tensor, tokens: list[str], again: Tensor | None = None) -> Any:
    """The picture that `plot_attention(weights, tokens)` makes, `None` where it returns nothing.

    With `again`, also whether a second call is on new axes, and how one goes that is given the
    first axes, emptied, when pyplot's current ones are the second.
    """
    open_before = plt.get_fignums()
    try:
        first = answer(weights, tokens)
        alone = None if first is None else _picture(first)
        if again is None or alone is None or "limits" not in alone:
            return alone
        second = answer(again, tokens)
        is_new = len(_maps(first)) == len(_maps(second)) == 1
        first.clear()
        back = answer(weights, tokens, ax=first)
        first.set_title("given")
        is_back = attempt(lambda: str(back.get_title())) == "given"
        return alone | {
            "a second call": "new axes" if is_new else "the same axes",
            "ax given": "drawn on it" if _maps(first) else "not drawn on it",
            "ax given: returned": "ax" if is_back else "something else",
            "ax given: drawn": "the same" if same(_picture(first), alone) else "another",
        }
    finally:
        # Only in a learner's own notebook are they figures of this process.
        for number in set(plt.get_fignums()) - set(open_before):
            plt.close(number)


def _plot(weights: Tensor, tokens: list[str], ax: Any = None) -> Any:
    ax = Figure().subplots() if ax is None else ax
    ax.imshow(weights, vmin=0, vmax=1)
    ax.set_xticks(range(len(tokens)), tokens)
    ax.set_yticks(range(len(tokens)), tokens)
    return ax


def _entry(key: str, is_so: Predicate = lambda got, want: True) -> Predicate:
    """An entry of the picture that differs from the right one, and is so."""
    return lambda got, want, *_, **__: not same(got[key], want[key]) and is_so(got[key], want[key])


def _drawn(change: Callable[[Tensor], Tensor]) -> Predicate:
    """Another heat map than the right one: that of the weights after `change`."""
    return _entry("weights drawn", lambda got, want: same(got.nan_to_num(0), change(want), 1e-4))


_REDRAWN: dict[str, Callable[[Tensor], Tensor]] = {
    "the weights are transposed (columns are keys)": lambda w: w.mT,
    "the keys run from right to left (columns flipped)": lambda w: w.flip(1),
    "the weights are divided by their largest (normalised)": lambda w: w / w.max(),
    "each row is divided by its largest weight (normalised)": lambda w: w / w.amax(-1, True),
    "the weights are stretched (normalised)": lambda w: (w - w.min()) / (w.max() - w.min()),
    "a softmax is applied first": lambda w: torch.softmax(w, -1),
    "the logarithm of the weights is drawn": torch.log,
    "one minus the weights is drawn": lambda w: 1 - w,
    "the square root of the weights is drawn": torch.sqrt,
    "the square of the weights is drawn": torch.square,
    "the weights are drawn in percent": lambda w: 100 * w,
    "later keys are blanked out (a causal mask)": torch.tril,
}

_LABELLED: dict[str, Predicate] = {
    "no tokens (tick labels are missing, hidden as by axis off, numbers, or not at the middle of "
    "the cells)": lambda got, want: not set(got) & set(want),
    "its tick labels in reverse order, or sorted": lambda got, want: got == want[::-1],
    "tick labels at the wrong places, or too few (off by one, without ticks, repeated tokens "
    "left out)": lambda got, want: True,
}

check_plot_attention = EXERCISE.check(
    "plot_attention",
    procedure=_draw,
    reference=_plot,
    expects="the axes with one heat map: the first query on top, columns are keys, colours from 0 "
    "to 1, the tokens as tick labels on both axes; new axes unless ax is given",
    seen={
        "the figure, the image, a tuple or the like is returned: return ax": _entry("returned"),
        "ax is not a parameter, or is misspelt: the signature is plot_attention(weights, tokens, "
        "ax=None)": raised("TypeError", says="unexpected keyword argument 'ax'"),
        "no heat map is on the axes that come back: draw on them (ax.imshow or ax.pcolormesh), and "
        "return the ones drawn on": _entry("heat maps", lambda got, want: got == 0),
        "there is more than one heat map: make new axes unless ax is given, and draw all in "
        "one": _entry("heat maps"),
        "the first query is at the bottom (flipped): it belongs on top (imshow's origin='upper'; "
        "after pcolormesh ax.invert_yaxis())": _drawn(lambda w: w.flip(0)),
        **{f"{seen}: draw the weights as they are": _drawn(of) for seen, of in _REDRAWN.items()},
        "the heat map has other numbers of rows and columns than weights: draw all of the weights, "
        "and each once": _entry("weights drawn", lambda got, want: got.shape != want.shape),
        "other weights are drawn (as rounded ones): draw those given": _entry("weights drawn"),
        "the limits of the axes cut off part of the heat map: show all of it": _entry("limits"),
        "the colour scale does not run from 0 to 1 (as where it follows the data): set vmin=0 and "
        "vmax=1, so that two heads can be compared": _entry("colour scale"),
        **{
            f"the {axis} axis has {seen}: ax.set_{axis}ticks(range(n), tokens) after imshow, half "
            "a cell further after pcolormesh": _entry(f"tick labels on the {axis} axis", is_so)
            for seen, is_so in _LABELLED.items()
            for axis in "xy"
        },
        "the ax that is given is ignored: draw on it (plt.imshow does not)": _entry("ax given"),
        "the ax that is given is drawn on, but not returned: return ax": _entry(
            "ax given: returned"
        ),
        "where ax is given, the heat map looks otherwise than on new axes: ax decides where to "
        "draw, and nothing else (plt.xticks and the like change pyplot's current axes)": _entry(
            "ax given: drawn"
        ),
        "a second call draws on the axes of the first (plt.gca or plt.imshow): make new axes "
        "(plt.subplots) unless ax is given": _entry("a second call"),
    },
)

_plot_case = with_words(check_plot_attention)

EXERCISE.cases["plot_attention"] = {
    "rows are queries (the first on top), columns are keys": case_of(_plot_case, (2, 2), EYE),
    "tick labels are the tokens, also where they repeat or look like numbers": lambda f: [
        _plot_case(f, random_weights(5, 5)),
        check_plot_attention(f, torch.full((3, 3), 1 / 3), ["10", "20", "30"]),
        check_plot_attention(f, random_weights(10, 10), WORDS[4:14]),  # all different,
    ],
    "the colour scale starts at 0 and ends at 1": case_of(_plot_case, (20, 20)),
    "any number of positions": case_of(_plot_case, (1, 1), (10, 10)),
    "weights of any dtype, in any memory layout": all_kinds(_plot_case, 4, 4),
    "new axes unless ax is given": lambda f: _plot_case(
        f, random_weights(4, 4), again=random_weights(4, 4)
    ),
}
