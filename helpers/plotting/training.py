"""How a training goes: the loss so far, and a display that is replaced in place while it runs."""

from __future__ import annotations

import base64
import html
import io
import math
import re
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from IPython.core.getipython import get_ipython
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plotting.common import (
    DASHES,
    MARKERS,
    PALETTE,
    as_array,
    describe,
    description,
    new_axes,
    to_html,
)

SECONDS_BETWEEN = 2.0
"""The display is drawn no more often than that."""
SHARE = 0.03
"""Nor does drawing take more than this part of the time, however slow the machine."""
SIZE = 6.5, 2.0
"""Of the picture, in inches: with the bar and three texts it fits into half a window."""

TIGHT = "margin: 0 0 4px"


def plot_loss(
    losses: Any,
    ax: Axes | None = None,
    title: str | None = None,
    *,
    n_steps: int | None = None,
    guessing: float | None = None,
) -> Axes:
    """The loss of each training step, and its mean over the steps around.

    Args:
        losses: ``(n,)``, in nats, of steps 1 to ``n``.
        n_steps: how many steps there will be; the axis ends there.
        guessing: the loss of one who guesses, ``ln vocab_size``: a line of its own.

    Raises:
        ValueError: `losses` has not one dimension, or a loss is NaN or infinite.
    """
    values = as_array("losses", losses, 1)
    steps = np.arange(1, len(values) + 1)
    ax = new_axes(ax, 6.5, 3.4)
    width = max(1, len(values) // 20)
    # As many steps before as after: else the curve would begin far below the first loss.
    halves = [min(width, i) for i in range(len(values))]
    mean = np.array([values[i - half : i + half + 1].mean() for i, half in enumerate(halves)])
    ax.plot(steps, values, color=PALETTE[0], lw=0.8, alpha=0.35, label="each step")
    ax.plot(steps, mean, color=PALETTE[0], lw=2, label="mean of the steps around")
    if guessing is not None:
        ax.axhline(guessing, color=PALETTE[3], ls="--", label=f"guessing: {guessing:.2f}")
    ax.set_xlim(0, n_steps or len(values) + 1)
    ax.set(xlabel="step", ylabel="loss (nats a token)")
    ax.set_title(title or "Loss of each training step")
    ax.grid(alpha=0.3)
    ax.legend(frameon=False, fontsize=9, loc="best")
    sns.despine(ax=ax)
    line = f", below a line at {guessing:.2f} for guessing" if guessing is not None else ""
    return describe(
        ax,
        f"{ax.get_title()}. Line chart over {len(values)} steps: it goes from {mean[0]:.2f} to "
        f"{mean[-1]:.2f} nats{line}.",
    )


def plot_rates(
    rates: Any,
    losses: Mapping[str, Any],
    ax: Axes | None = None,
    title: str | None = None,
    *,
    guessing: float | None = None,
) -> Axes:
    """The loss that trainings reach, over their learning rate: a dot each, a line at the median.

    Args:
        rates: ``(n,)``, the learning rates, more than 0.
        losses: name to ``(n, n_seeds)``, in nats; one to eight ways to train.
        guessing: the loss of one who guesses: a line of its own.

    Raises:
        ValueError: a rate isn't positive, shapes don't fit, a loss is NaN or infinite, or there
            are none or more than eight ways.
    """
    steps, ways = _of_rates(rates, losses)
    ax = new_axes(ax, 6.5, 3.8)
    for index, (name, array) in enumerate(ways.items()):
        style: dict[str, Any] = {"color": PALETTE[index], "marker": MARKERS[index]}
        beside = steps * 1.04 ** (2 * index - len(ways) + 1)  # so that no dot hides another
        for seed in array.T:
            ax.plot(beside, seed, ls="", alpha=0.45, ms=5, **style)
        ax.plot(beside, np.median(array, axis=1), lw=2, ls=DASHES[index], ms=7, label=name, **style)
    if guessing is not None:
        ax.axhline(guessing, color="0.4", ls=":", label=f"guessing: {guessing:.2f}")
    ax.set_xscale("log")
    ax.set_xticks(steps, [f"{rate:g}" for rate in steps])
    ax.minorticks_off()
    ax.set(xlabel="learning rate", ylabel="loss reached (nats)")
    ax.set_ylim(bottom=0)
    ax.set_title(title or "Each dot is a training")
    ax.grid(alpha=0.3)
    ax.legend(frameon=False, fontsize=9)
    sns.despine(ax=ax)
    facts = [
        f"{name} "
        + ", ".join(
            f"{np.median(row):.2f} at {rate:g}" for rate, row in zip(steps, array, strict=True)
        )
        for name, array in ways.items()
    ]
    line = f" A line at {guessing:.2f} is the loss of guessing." if guessing is not None else ""
    return describe(
        ax,
        f"{ax.get_title()}. Line chart of the loss over the learning rate. Medians: "
        f"{'; '.join(facts)}.{line}",
    )


def _of_rates(rates: Any, losses: Mapping[str, Any]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """What `plot_rates` is given, as arrays that fit each other."""
    steps = as_array("rates", rates, 1)
    if steps.min() <= 0:
        raise ValueError(f"rates go down to {steps.min():g}: learning rates are more than 0")
    if not 1 <= len(losses) <= len(MARKERS):
        raise ValueError(f"losses holds {len(losses)} ways: it must hold 1 to {len(MARKERS)}")
    ways = {name: as_array(f"losses[{name!r}]", of, 2) for name, of in losses.items()}
    for name, array in ways.items():
        if len(array) != len(steps):
            raise ValueError(
                f"losses[{name!r}] has {len(array)} rows: it must have {len(steps)}, one a rate"
            )
    return steps, ways


def plot_scaling(
    sizes: Mapping[str, tuple[Any, Any]],
    ax: Axes | None = None,
    title: str | None = None,
    *,
    own: tuple[float, float] | None = None,
) -> Axes:
    """How well models of several sizes predict, over the operations that their training took.

    Args:
        sizes: name to the operations and the bits a held-out character, each ``(n,)``; one to
            eight sizes. Each point is a training of its own.
        own: the reader's own training, a star: its operations and bits.

    Raises:
        ValueError: operations aren't positive, shapes don't fit, a number is NaN or infinite, or
            there are none or more than eight sizes.
    """
    curves = _of_sizes(sizes)
    ax = new_axes(ax, 6.5, 3.8)
    for index, (name, (operations, bits)) in enumerate(curves.items()):
        ax.plot(
            operations,
            bits,
            color=PALETTE[index],
            marker=MARKERS[index],
            ls=DASHES[index],
            lw=2,
            ms=7,
            label=name,
        )
    star = ""
    if own is not None:
        # Behind the marks, since it may lie where one of them does.
        ax.plot(
            *own, ls="", marker="*", ms=26, mfc="white", mec="black", mew=1.5, zorder=1.5,
            label="yours",
        )  # fmt: skip
        star = f" A star, yours, stands at {own[1]:.2f} bits after {own[0]:.2g} operations."
    ax.set_xscale("log")
    ax.set(xlabel="operations of training (logarithmic)", ylabel="bits a held-out character")
    ax.set_title(title or "Each mark is a training of its own")
    ax.grid(alpha=0.3)
    ax.legend(frameon=False, fontsize=9, markerscale=0.6)
    sns.despine(ax=ax)
    facts = [
        f"{name} from {bits[0]:.2f} bits after {operations[0]:.2g} operations to {bits[-1]:.2f} "
        f"after {operations[-1]:.2g}"
        for name, (operations, bits) in curves.items()
    ]
    return describe(
        ax,
        f"{ax.get_title()}. Line chart of bits a held-out character over operations on a "
        f"logarithmic axis: {'; '.join(facts)}.{star}",
    )


def _of_sizes(sizes: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """What `plot_scaling` is given, as arrays that fit each other."""
    if not 1 <= len(sizes) <= len(MARKERS):
        raise ValueError(f"sizes holds {len(sizes)} sizes: it must hold 1 to {len(MARKERS)}")
    curves = {}
    for name, (operations, bits) in sizes.items():
        x, y = as_array(f"operations of {name!r}", operations, 1), as_array("bits", bits, 1)
        if x.min() <= 0:
            raise ValueError(
                f"operations of {name!r} go down to {x.min():g}: they must be positive"
            )
        if len(x) != len(y):
            raise ValueError(f"{name!r} has {len(x)} operations and {len(y)} bits: one each")
        curves[name] = (x, y)
    return curves


class HowItGoes(Protocol):
    """What `TrainingDisplay` shows: `reference.training.History` is one."""

    losses: list[float]
    texts: list[tuple[int, str]]
    seconds: float


class TrainingDisplay:
    """A progress bar, the loss so far and texts, in one output that is replaced in place.

    A notebook keeps the finished picture with its alternative text. A terminal has one line that is
    written over, and anything else only the end, as text.

    Args:
        n_steps: how many steps there will be.
    """

    def __init__(self, n_steps: int) -> None:
        self._n_steps = n_steps
        self._in_notebook = hasattr(get_ipython(), "kernel")
        self._on_terminal = not self._in_notebook and sys.stdout.isatty()
        self._handle: Any = None
        self._next = -math.inf
        self._n_texts = 0
        self._ended = False

    def update(self, history: HowItGoes, guessing: float | None = None) -> None:
        """Draw anew, unless that was done a moment ago and no text has been added."""
        begin = time.monotonic()
        if begin < self._next and len(history.texts) == self._n_texts:
            return
        self._n_texts = len(history.texts)
        if self._in_notebook:
            self._show(history, _sketch(history.losses, self._n_steps, guessing))
        elif self._on_terminal:
            print(f"\r{self._progress(history)}  ", end="", flush=True)
        now = time.monotonic()
        self._next = now + max(SECONDS_BETWEEN, (now - begin) / SHARE)

    def finish(self, history: HowItGoes, guessing: float | None = None) -> None:
        """Draw for the last time, carefully."""
        self._ended = True
        if self._in_notebook:
            picture = ""
            if history.losses:
                _, ax = plt.subplots(figsize=SIZE, layout="constrained")
                plot_loss(history.losses, ax, n_steps=self._n_steps, guessing=guessing)
                picture = to_html(ax)
            self._show(history, picture)
        else:
            print(("\r" if self._on_terminal else "") + self._as_text(history))

    def _show(self, history: HowItGoes, picture: str) -> None:
        # JupyterLab lets what grows above the selected cell, the next one, grow upwards. So what a
        # reader has to see comes last.
        done = len(history.losses) / self._n_steps
        bar = f'<progress value="{done:.3f}" max="1" style="width: 14em"></progress>'
        texts = "".join(
            f'<p style="{TIGHT}"><b>{self._when(step)}:</b> {html.escape(_in_a_line(text))}</p>'
            for step, text in history.texts
        )
        shown = {
            "text/html": f'<div style="line-height: 0">{picture}</div>'
            f'<p style="{TIGHT}">{bar} {self._progress(history)}</p>{texts}',
            "text/plain": self._as_text(history),
        }
        if self._handle is None:
            self._handle = display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)

    def _progress(self, history: HowItGoes) -> str:
        done = len(history.losses)
        text = f"step {done:,} of {self._n_steps:,}"
        if done:
            last = history.losses[-max(1, self._n_steps // 50) :]  # else the first ones count, too
            text += f", loss {np.mean(last):.2f}, {history.seconds:.0f} s"
            if done < self._n_steps and not self._ended:
                left = history.seconds / done * (self._n_steps - done)
                in_words = f"{left:.0f} s" if left < 120 else f"{left / 60:.0f} min"
                text += f", about {in_words} left"
        return text

    def _as_text(self, history: HowItGoes) -> str:
        texts = [f"{self._when(step)}: {text}" for step, text in history.texts]
        return "\n".join([self._progress(history), *texts])

    def _when(self, step: int) -> str:
        return f"After step {step:,}" if step else "Before the first step"


def _in_a_line(text: str) -> str:
    """A text whose paragraphs follow one another, each but the first behind a ¶."""
    return re.sub(r"\s*\n\s*", " ¶ ", text.strip())


def _sketch(losses: Sequence[float], n_steps: int, guessing: float | None) -> str:
    """`plot_loss` as an HTML ``<img>``, in a seventh of the time that `to_html` takes for it."""
    if not losses:
        return ""
    figure = Figure(figsize=SIZE)
    ax = plot_loss(losses, figure.subplots(), n_steps=n_steps, guessing=guessing)
    figure.subplots_adjust(left=0.1, right=0.97, bottom=0.24, top=0.86)
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=100)
    data = base64.b64encode(png.getvalue()).decode("ascii")
    return f'<img alt="{html.escape(description(ax))}" src="data:image/png;base64,{data}">'
