"""Pictures of writing: the choice of the next token, and what a cache saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from helpers.plotting.common import (
    DASHES,
    PALETTE,
    as_array,
    as_labels,
    describe,
    join_words,
    new_axes,
)
from helpers.plotting.vectors import HALO


def plot_next_token(
    likeliest: Mapping[str, float],
    n_others: int,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """The likeliest next tokens with their probabilities, and one bar for all others together.

    Args:
        likeliest: token to probability, the first on top.
        n_others: how many tokens the last bar stands for; it gets what is left of 1.

    Raises:
        ValueError: there is no token, a negative probability, a sum above 1, or a negative
            `n_others`.
    """
    values = as_array("likeliest", list(likeliest.values()), 1)
    if values.min() < 0 or values.sum() > 1 + 1e-4:
        raise ValueError(
            f"likeliest goes down to {values.min():.4g} and adds up to {values.sum():.4g}: "
            "it must hold probabilities, at most 1 together"
        )
    if n_others < 0:
        raise ValueError(f"n_others is {n_others}: it must be 0 or more")
    rest = max(0.0, 1 - float(values.sum()))
    names = [repr(token) for token in likeliest] + [f"all {n_others:,} others"]
    shares = [*values.tolist(), rest]
    ax = new_axes(ax, 5.2, 1.1 + 0.34 * len(names))
    bars = ax.barh(range(len(names)), shares, color=PALETTE[0], edgecolor="black", linewidth=0.6)
    bars[-1].set(facecolor=sns.light_palette(PALETTE[1], 10)[5], hatch="///")
    ax.bar_label(bars, [f"{share:.3f}" for share in shares], padding=3, fontsize=9)
    ax.set_yticks(range(len(names)), names)
    ax.set(ylim=(len(names) - 0.4, -0.6), xlim=(0, 1.15), xticks=[0, 0.5, 1])
    ax.set(xlabel="probability", ylabel="next token")
    ax.set_title(title or "The likeliest next tokens, and all others together")
    sns.despine(ax=ax)
    facts = [f"{name} {share:.3f}" for name, share in zip(names, shares, strict=True)]
    return describe(ax, f"{ax.get_title()}. Bar chart of probabilities: {join_words(facts)}.")


def plot_nucleus(
    distributions: Mapping[str, Any],
    ax: Axes | None = None,
    title: str | None = None,
    *,
    top_p: float,
    top_k: int,
) -> Axes:
    """The probability of the likeliest tokens together, from the first one to all of them.

    A dashed line across is where top-p cuts each curve, one upright is where top-k does. From 100
    on, the number of tokens up to the cut is given to the nearest ten.

    Args:
        distributions: name to probabilities ``(vocab_size,)``; up to seven of them.

    Raises:
        ValueError: there is no distribution, or more than seven, or one that isn't probabilities
            that add up to 1; `top_p` is outside 0 to 1 or `top_k` below 1.
    """
    if not 1 <= len(distributions) < len(DASHES):
        raise ValueError(f"distributions holds {len(distributions)}: it must hold 1 to 7")
    if not 0 < top_p <= 1 or top_k < 1:
        text = f"top_p is {top_p} and top_k {top_k}"
        raise ValueError(f"{text}: they must be above 0 up to 1, and 1 or more")
    arrays = {name: _checked(name, p) for name, p in distributions.items()}
    ax = new_axes(ax, 6.8, 4.0)
    facts = []
    for index, (name, p) in enumerate(arrays.items()):
        together = np.cumsum(-np.sort(-p))
        needed = min(1 + int((together < top_p).sum()), p.size)
        shown = f"{needed if needed < 100 else round(needed, -1):,}"
        within = float(together[min(top_k, p.size) - 1])
        ax.plot(
            range(1, p.size + 1), together, label=name,
            color=PALETTE[index], linestyle=DASHES[index], lw=1.8,
        )  # fmt: skip
        ax.plot(
            needed, together[needed - 1], "o", color=PALETTE[index],
            markeredgecolor="black", zorder=4,
        )  # fmt: skip
        ax.annotate(
            shown, (needed, together[needed - 1]), (6, -12),
            textcoords="offset points", fontsize=9, path_effects=[HALO],
        )  # fmt: skip
        fact = f"{shown} reach {top_p:g}, the best {top_k} together have {within:.2f}"
        facts.append(f"{name}: {fact}")
    _draw_cuts(ax, top_p, top_k)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.set(xlabel="how many of the likeliest tokens", ylabel="their probability together")
    ax.set_ylim(0, 1.02)
    ax.legend(frameon=False, fontsize=9, loc="lower right")
    ax.set_title(title or "Top-p cuts across, top-k upright", pad=18)
    sns.despine(ax=ax)
    return describe(
        ax,
        f"{ax.get_title()}. One rising curve for each distribution, over the number of its "
        f"likeliest tokens. {'; '.join(facts)}.",
    )


def _checked(name: str, probabilities: Any) -> np.ndarray:
    p = as_array(f"distributions[{name!r}]", probabilities, 1)
    if p.min() < 0 or abs(p.sum() - 1) > 1e-3:
        raise ValueError(
            f"distributions[{name!r}] goes down to {p.min():.4g} and adds up to {p.sum():.4g}: "
            "it must hold probabilities that add up to 1"
        )
    return p


def _draw_cuts(ax: Axes, top_p: float, top_k: int) -> None:
    ax.axhline(top_p, color="0.35", linestyle="--", lw=1)
    ax.axvline(top_k, color="0.35", linestyle="--", lw=1)
    for x, y, name, across, where in (
        (1.01, top_p, f"top-p {top_p:g}", "left", ax.get_yaxis_transform()),
        (top_k, 1.03, f"top-k {top_k}", "center", ax.get_xaxis_transform()),
    ):
        ax.text(x, y, name, ha=across, va="center", fontsize=9, transform=where)


_STATES = {"first": "computed for the first time", "again": "computed again", "kept": "kept"}


def _look(state: str) -> dict[str, Any]:
    """How a position in this state is filled and framed."""
    filled = {
        "first": {"facecolor": PALETTE[0]},
        "again": {"facecolor": sns.light_palette(PALETTE[1], 10)[6], "hatch": "///"},
        "kept": {"facecolor": "white", "hatch": "..."},
    }
    return {"edgecolor": "black", "linewidth": 0.7, **filled[state]}


def plot_computed(
    n_prompt: int,
    n_new: int,
    ax: Axes | None = None,
    title: str | None = None,
    *,
    cached: bool,
    tokens: Sequence[str] | None = None,
) -> Axes:
    """Which positions go through the model in each step of writing, with or without a cache.

    Args:
        n_prompt: tokens of the prompt.
        n_new: tokens that are written, one a step; the last one is not an input any more.
        cached: whether keys and values are kept.
        tokens: the names of the ``n_prompt + n_new - 1`` positions; their numbers by default.

    Raises:
        ValueError: `n_prompt` or `n_new` is below 1, or there is another number of tokens.
    """
    if n_prompt < 1 or n_new < 1:
        raise ValueError(f"n_prompt is {n_prompt} and n_new {n_new}: both must be 1 or more")
    n = n_prompt + n_new - 1
    names = as_labels("tokens", tokens, n, "position")
    names = [name.strip(" ").replace("\n", r"\n") for name in names]
    ax = new_axes(ax, 1.6 + 0.55 * n, 1.6 + 0.5 * n_new)
    counts = []
    for step in range(n_new):
        seen = 0 if step == 0 else n_prompt + step - 1
        states = ["kept" if cached else "again"] * seen + ["first"] * (n_prompt + step - seen)
        for position, state in enumerate(states):
            ax.add_patch(Rectangle((position, step), 0.92, 0.88, **_look(state)))
        counts.append(len(states) - states.count("kept"))
        ax.text(n + 0.25, step + 0.44, str(counts[-1]), va="center", fontsize=10)
    ax.text(n + 0.8, -0.12, "computed", ha="right", va="bottom", fontsize=9)
    total = sum(counts)
    ax.set(xlim=(-0.1, n + 0.8), ylim=(n_new, -0.1))
    ax.set_xticks(np.arange(n) + 0.46, names, rotation=45 if max(map(len, names)) > 4 else 0)
    ax.set_yticks(np.arange(n_new) + 0.44, [str(step + 1) for step in range(n_new)])
    ax.set(xlabel="position", ylabel="step")
    ax.tick_params(length=0)
    states = ["first", "kept" if cached else "again"]
    ax.legend(
        [Patch(**_look(state)) for state in states],
        [_STATES[state] for state in states],
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, fontsize=9,
    )  # fmt: skip
    ax.set_title(title or f"{'With' if cached else 'Without'} a cache: {total} positions", pad=26)
    sns.despine(ax=ax, left=True, bottom=True)
    steps = join_words([str(count) for count in counts])
    return describe(
        ax,
        f"{ax.get_title()}. A row for each of {n_new} steps, a column for each position. Positions "
        f"that go through the model, step by step: {steps}; {total} in all. "
        f"The positions of earlier steps are {'kept' if cached else 'computed again'}.",
    )
