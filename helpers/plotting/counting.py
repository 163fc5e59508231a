"""Pictures of what is counted: kinds of feed-forward, shared heads, the size of the KV cache."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from helpers.plotting.common import MARKERS, PALETTE, describe, new_axes
from helpers.plotting.diagrams import Point, _Box, _Diagram

_SHORTEST = 16  # tokens at which the lines of `plot_cache` start


def plot_gate(d_model: int, d_ff: int, ax: Axes | None = None, title: str | None = None) -> Axes:
    """A plain feed-forward and a gated one, their matrices drawn to scale, rows by columns.

    Args:
        d_model: the features of a token's vector.
        d_ff: the features inside the gated one; inside the plain one there are ``4 * d_model``.

    Raises:
        ValueError: a size is not positive.
    """
    if min(d_model, d_ff) < 1:
        raise ValueError(f"d_model is {d_model} and d_ff {d_ff}: both must be 1 or more")
    wide = 4 * d_model
    inch = 2.3 / max(wide, d_ff)
    across, up = d_model * inch, {wide: wide * inch, d_ff: d_ff * inch}
    plain, gate = 0.3 + up[wide] / 2, 0.9 + up[wide] + up[d_ff] / 2
    other, middle = gate + up[d_ff] + 0.3, gate + (up[d_ff] + 0.3) / 2
    first = 1.1 + across / 2  # the middle of the matrices that widen
    functions, product = first + across / 2 + 0.45, first + across / 2 + 0.95
    top = product + max(up.values()) + 0.65
    diagram = _Diagram(ax, other + up[d_ff] / 2 + 0.3, top + 0.7)

    def matrix(x: float, y: float, name: str, rows: int, columns: int) -> _Box:
        box = diagram.box(x, y, "", "feed_forward", width=columns * inch, height=rows * inch)
        turned = 90 if rows > columns else 0
        diagram.text(x, y, f"{name}\n{rows:,} × {columns:,}", rotation=turned, size=8.5, zorder=4)
        return box

    def started(middle: float, *boxes: _Box) -> None:
        diagram.text(middle, 0.15, f"x: {d_model:,} numbers")
        for box in boxes:
            way: list[Point] = [(middle, 0.3), (middle, 0.72), (box.x, 0.72), box.bottom]
            diagram.arrow(*(way if box.x != middle else (way[0], way[-1])))

    def finished(x: float, below: Point, features: int) -> None:
        down = matrix(x, product + 0.3 + up[features] / 2, "W_down", features, d_model)
        diagram.arrow(below, down.bottom)
        diagram.arrow(down.top, (x, top))
        diagram.text(x, top + 0.17, f"{d_model:,} numbers")

    w_up = matrix(plain, first, "W_up", d_model, wide)
    bend = diagram.box(plain, functions, "GELU", "plain", width=0.8, height=0.32)
    started(plain, w_up)
    diagram.arrow(w_up.top, bend.bottom)
    finished(plain, bend.top, wide)
    diagram.text(plain, top + 0.5, "plain", size=11)

    gated = [matrix(x, first, n, d_model, d_ff) for x, n in ((gate, "W_gate"), (other, "W_up"))]
    bend = diagram.box(gate, functions, "SiLU", "plain", width=0.8, height=0.32)
    times = diagram.box(middle, product - 0.1, "×", "plain", width=0.32, height=0.32, size=11)
    started(middle, *gated)
    diagram.arrow(gated[0].top, bend.bottom)
    diagram.arrow(bend.top, (gate, times.y), times.left)
    diagram.arrow(gated[1].top, (other, times.y), times.right)
    finished(middle, times.top, d_ff)
    diagram.text(middle, top + 0.5, "gated", size=11)
    return diagram.done(
        title or "Two kinds of feed-forward, matrices to scale",
        _gate_in_words(d_model, wide, d_ff),
    )


def _gate_in_words(d_model: int, wide: int, d_ff: int) -> str:
    return (
        f"Two diagrams, upwards, matrices drawn to scale as rows by columns. Plain: a vector x of "
        f"{d_model:,} numbers goes through W_up, {d_model:,} by {wide:,}, then the function GELU, "
        f"then W_down, {wide:,} by {d_model:,}, and is {d_model:,} numbers again. Gated: x goes "
        f"through two matrices side by side, W_gate and W_up, {d_model:,} by {d_ff:,} each. What "
        "W_gate gives goes through the function SiLU and is multiplied, number by number, by what "
        f"W_up gives. The product goes through W_down, {d_ff:,} by {d_model:,}, and is {d_model:,} "
        "numbers again."
    )


def plot_shared_heads(
    n_heads: int, n_kv_heads: int, d_head: int, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Grouped-query attention: which query heads read which key and value head.

    Args:
        n_heads: how many query heads there are, at most 32.
        n_kv_heads: how many key heads, and as many value heads.
        d_head: the features of a head.

    Raises:
        ValueError: `n_heads` is not 1 to 32, or `n_kv_heads` does not divide it.
    """
    if not 1 <= n_heads <= 32:
        raise ValueError(f"n_heads is {n_heads}: it must be 1 to 32 to be drawn")
    if n_kv_heads < 1 or n_heads % n_kv_heads != 0:
        raise ValueError(f"n_kv_heads is {n_kv_heads}: it must divide n_heads = {n_heads}")
    share, pitch, gap = n_heads // n_kv_heads, 0.25, 0.12
    width = n_heads * pitch + (n_kv_heads - 1) * gap
    diagram = _Diagram(ax, max(width, 4.0) + 0.2, 2.75)
    left = (max(width, 4.0) + 0.2 - width) / 2
    middle = left + width / 2
    diagram.text(middle, 2.6, f"{n_heads} query heads of {d_head:,} numbers each")
    diagram.text(
        middle, 0.2, f"{n_kv_heads} key heads and {n_kv_heads} value heads of the same size"
    )
    for group in range(n_kv_heads):
        start = left + group * (share * pitch + gap)
        x = start + share * pitch / 2
        keys = diagram.box(x, 0.9, f"k{group}", "output", width=0.36, height=0.26, size=7.5)
        diagram.box(x, 0.58, f"v{group}", "norm", width=0.36, height=0.26, size=7.5)
        for member in range(share):
            head = group * share + member
            at = start + (member + 0.5) * pitch
            query = diagram.box(at, 2.2, str(head), "attention", width=0.22, height=0.3, size=6.5)
            way: list[Point] = [keys.top, (x, 1.5), (at, 1.5), query.bottom]
            diagram.arrow(*(way if abs(at - x) > 1e-9 else (way[0], way[-1])))
    return diagram.done(
        title or f"{n_heads} query heads share {n_kv_heads} key and value heads",
        f"Above, {n_heads} boxes in a row, the query heads 0 to {n_heads - 1}. Below, "
        f"{n_kv_heads} pairs of a key head and a value head. From each pair arrows lead up to "
        f"{share} query heads that stand side by side: pair 0 serves query heads 0 to "
        f"{share - 1}, the last pair {n_heads - share} to {n_heads - 1}. Every head has {d_head:,} "
        "numbers for a token.",
    )


def plot_cache(
    models: Mapping[str, tuple[int, int]], ax: Axes | None = None, title: str | None = None
) -> Axes:
    """The size of each model's KV cache as a text grows, up to the longest it was made for.

    Args:
        models: name to bytes a token and the number of positions that the model was made for.

    Raises:
        ValueError: there is no model, or more than eight, or a number is not positive.
    """
    if not 1 <= len(models) <= len(MARKERS):
        raise ValueError(f"models holds {len(models)}: it must hold 1 to {len(MARKERS)}")
    for name, (a_token, longest) in models.items():
        if a_token <= 0 or longest <= _SHORTEST:
            raise ValueError(
                f"models[{name!r}] is {(a_token, longest)}: it must be bytes a token, more than 0, "
                f"and positions, more than {_SHORTEST}"
            )
    ax = new_axes(ax, 7.4, 4.2)
    end = 4 * max(longest for _, longest in models.values())
    for index, (name, (a_token, longest)) in enumerate(models.items()):
        inside, beyond = np.array([_SHORTEST, longest]), np.array([longest, end])
        colour, size = PALETTE[index], a_token * longest
        ax.plot(inside, a_token * inside, color=colour, lw=2)
        ax.plot(beyond, a_token * beyond, color=colour, lw=1, linestyle=":", alpha=0.7)
        ax.plot(
            [longest], [size], marker=MARKERS[index], color=colour, markersize=8, linestyle="none",
            label=f"{name}: {_bytes(size)} at {longest:,} tokens",
        )  # fmt: skip
    ax.plot([], [], color="0.4", lw=1, linestyle=":", label="longer than the model was made for")
    ax.set_xscale("log", base=2)
    ax.set_yscale("log", base=2)
    tokens = [2**k for k in range(4, int(np.log2(end)) + 1, 2)]
    sizes = [2**k for k in range(10, 61, 2)]
    low, high = ax.get_ylim()
    ax.set_xticks(tokens, [f"{n:,}" for n in tokens])
    ax.set_yticks(sizes, [_bytes(n) for n in sizes])
    ax.set(ylim=(low, high), xlabel="tokens in the text", ylabel="size of the KV cache")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_locator(NullLocator())
    ax.legend(frameon=False, fontsize=9, loc="upper left")
    ax.grid(alpha=0.3)
    sns.despine(ax=ax)
    ax.set_title(title or "The KV cache, up to the longest text that each model was made for")
    facts = [
        f"{name} has {_bytes(a_token * longest)} at {longest:,} tokens, the most it was made for"
        for name, (a_token, longest) in models.items()
    ]
    return describe(
        ax,
        f"{ax.get_title()}. Lines of the cache's size against the tokens in the text, both "
        f"logarithmic; every one grows in proportion to the text. {'; '.join(facts)}. Beyond, each "
        "line is dotted: the model was not made for such a text.",
    )


def _bytes(number: float) -> str:
    for unit, size in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.3g} bytes"
