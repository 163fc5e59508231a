"""Pictures of what a model has learned: scores of its heads, and its stream read early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from helpers.plotting.common import (
    MARKERS,
    PALETTE,
    SEQUENTIAL,
    as_array,
    as_labels,
    describe,
    new_axes,
)


def plot_head_scores(
    scores: Any,
    ax: Axes | None = None,
    title: str | None = None,
    *,
    label: str,
    n_named: int = 3,
) -> Axes:
    """Heat map of a score between 0 and 1 for every head: a column a layer, a row a head.

    Args:
        scores: ``(n_layers, n_heads)``.
        label: what is scored.
        n_named: how many of the highest carry their names.

    Raises:
        ValueError: `scores` has not two dimensions, or one is not between 0 and 1.
    """
    array = as_array("scores", scores, 2)
    if array.min() < 0 or array.max() > 1 + 1e-4:
        raise ValueError(
            f"scores lie between {array.min():.4g} and {array.max():.4g}: they must lie in 0 to 1"
        )
    n_layers, n_heads = array.shape
    ax = new_axes(ax, 2.2 + 0.24 * n_layers, 1.3 + 0.24 * n_heads)
    image = ax.imshow(
        array.T, cmap=sns.color_palette(SEQUENTIAL, as_cmap=True), vmin=0, vmax=1, aspect="auto"
    )
    ax.set(xlabel="layer", ylabel="head", yticks=range(n_heads))
    ax.set_xticks(range(0, n_layers, max(1, n_layers // 10)))
    ax.figure.colorbar(image, ax=ax, label=label)
    best = np.argsort(-array, axis=None, kind="stable")[: max(1, n_named)]
    named = [divmod(int(place), n_heads) for place in best]  # the alternative text has one at least
    for layer, head in named[:n_named]:
        right = layer < n_layers / 2
        ax.annotate(
            f"L{layer}H{head}", (layer, head), (12 if right else -12, 0), fontsize=8,
            textcoords="offset points", ha="left" if right else "right", va="center",
            bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    ax.set_title(title or f"{label} of {array.size} heads")
    facts = ", ".join(f"L{layer}H{head} {array[layer, head]:.2f}" for layer, head in named)
    above = np.argwhere(array > 0.4)[:, 0]
    where = f", in layers {above.min()} to {above.max()}" if above.size else ""
    return describe(
        ax,
        f"{ax.get_title()}. Heat map of the {label} of {n_heads} heads in each of {n_layers} "
        f"layers. Highest: {facts}. Above 0.4: {above.size} of {array.size} heads{where}.",
    )


def plot_words(
    places: Any,
    words: Sequence[str],
    group: Sequence[int],
    groups: Sequence[str],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Words on a map, in the colours and with the markers of their groups.

    Args:
        places: ``(n, 2)``, from the map's upper left corner.
        words: the ``n`` words.
        group: the ``n`` indices of their groups.
        groups: the names of the groups.

    Raises:
        ValueError: sizes don't fit.
    """
    at = as_array("places", places, 2)
    names = as_labels("words", words, len(at), "row of places")
    ax = new_axes(ax, 4.6, 3.6)
    for g, label in enumerate(groups):
        own = [i for i, its in enumerate(group) if its == g]
        ax.plot(*at[own].T, MARKERS[g], color=PALETTE[g], markersize=4, label=label)
        for i in own:
            ax.annotate(names[i], at[i], (4, -3), fontsize=7, textcoords="offset points")
    ax.set(xticks=[], yticks=[], title=title)
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.legend(frameon=False, fontsize=7, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 0))
    facts = [
        f"{label}: {', '.join(n for n, its in zip(names, group, strict=True) if its == g)}"
        for g, label in enumerate(groups)
    ]
    return describe(ax, f"{title}. A map of {len(at)} words. {'; '.join(facts)}.")


def plot_trade(
    trainings: Mapping[str, Any],
    before: Sequence[float],
    ax: Axes | None = None,
    title: str | None = None,
    *,
    x_label: str,
    y_label: str,
) -> Axes:
    """What training gains against what it costs: a mark each training, a kind of mark each way.

    Args:
        trainings: the name of a way of training to ``(n, 2)``, what each training gains (to the
            right) and keeps (upwards).
        before: both numbers of the model that no training has changed, marked by a star.

    Raises:
        ValueError: a way has not two numbers a training, or `before` hasn't two.
    """
    arrays = {name: as_array(name, those, 2) for name, those in trainings.items()}
    start = as_array("before", [before], 2)
    for name, array in {**arrays, "before": start}.items():
        if array.shape[1] != 2:
            raise ValueError(f"{name} has {array.shape[1]} numbers a training: it must be 2")
    ax = new_axes(ax, 7.0, 3.8)
    for i, (name, array) in enumerate(arrays.items()):
        style: dict[str, Any] = {
            "color": PALETTE[i],
            "markeredgecolor": "black",
            "markeredgewidth": 0.5,
        }
        ax.plot(*array.T, MARKERS[i], markersize=7, alpha=0.85, label=name, **style)
    ax.plot(*start.T, "*", color="black", markersize=13, label="before")
    ax.set(xlabel=x_label, ylabel=y_label)
    ax.set_title(title or f"{y_label} against {x_label}")
    ax.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    sns.despine(ax=ax)
    facts = [
        f"{name} {array[:, 0].min():g} to {array[:, 0].max():g} and {array[:, 1].min():g} to "
        f"{array[:, 1].max():g}"
        for name, array in arrays.items()
    ]
    return describe(
        ax,
        f"{ax.get_title()}. To the right {x_label}, upwards {y_label}. Before: {start[0, 0]:g} and "
        f"{start[0, 1]:g}. {'; '.join(facts)}.",
    )


def plot_lens(
    best: Sequence[Sequence[str]],
    probabilities: Any,
    tokens: Sequence[str],
    levels: Sequence[str],
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """What a model would say next after each token, if its stream were read early.

    Args:
        best: the likeliest next token at each level (the lowest first) after each of `tokens`.
        probabilities: how likely each of them is, ``(n_levels, n)``; the darker, the likelier.
        tokens: what the model has read, a column each.
        levels: the names of the rows.

    Raises:
        ValueError: the sizes of the four don't fit, or a probability is not between 0 and 1.
    """
    array = as_array("probabilities", probabilities, 2)
    if array.min() < 0 or array.max() > 1 + 1e-4:
        raise ValueError(
            f"probabilities lie between {array.min():.4g} and {array.max():.4g}: it must be 0 to 1"
        )
    rows = as_labels("levels", levels, array.shape[0], "row of probabilities")
    columns = as_labels("tokens", tokens, array.shape[1], "column of probabilities")
    if [len(row) for row in best] != [array.shape[1]] * array.shape[0]:
        raise ValueError(f"best must hold {array.shape[0]} rows of {array.shape[1]} tokens")
    shown = [[_visible(token) for token in row] for row in best]
    ax = new_axes(ax, 1.6 + 0.95 * len(columns), 1.2 + 0.3 * len(rows))
    whole = sns.color_palette(SEQUENTIAL, as_cmap=True)
    light = LinearSegmentedColormap.from_list("light", whole(np.linspace(0, 0.45, 256)))
    sns.heatmap(
        array,
        ax=ax,
        vmin=0,
        vmax=1,
        cmap=light,  # black words can be read on all of it
        annot=np.array(shown, dtype=object),
        fmt="",
        annot_kws={"fontsize": 9, "color": "black"},
        linewidths=0.5,
        linecolor="0.85",
        cbar_kws={"label": "its probability"},
        xticklabels=[_visible(token) for token in columns],
        yticklabels=rows,
    )
    ax.invert_yaxis()  # the stream runs upwards
    ax.tick_params(axis="y", rotation=0)
    ax.tick_params(axis="x", rotation=0)
    ax.set(xlabel="token read", ylabel="stream read at")
    ax.set_title(title or "The likeliest next token, if the stream is read early")
    facts = ", ".join(f"{name}: {row[-1]}" for name, row in zip(rows, shown, strict=True))
    return describe(
        ax,
        f"{ax.get_title()}. Table of the likeliest next token after each of "
        f"{' '.join(map(_visible, columns))}, {len(rows)} levels. After the last token, upwards: "
        f"{facts}; probability at the top {array[-1, -1]:.2f}.",
    )


def _visible(token: str) -> str:
    return token.strip() or token.replace("\n", "↵").replace(" ", "␣")
