"""The report as one HTML page with its pictures: scores, and how hard each test is.

Everything in it is escaped; it runs no script, loads nothing.
"""

from __future__ import annotations

import base64
import html
import io
import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from nbexaminer.typed import typed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MISSING = (
    "There are no pictures here, since Matplotlib is not installed: "
    "pip install 'nbexaminer[report]' brings it."
)
MOST_CAUSES = 20
"""Misconceptions that are shown of each answer."""
MOST_PAIRS = 20
MOST_BARS = 12
STEPS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50)
BLUE, ORANGE = "#0173b2", "#de8f05"
"""Two that colour-blind people tell apart, from seaborn's palette of that name."""
BAR: dict[str, Any] = {"color": BLUE, "alpha": 0.5, "hatch": "///", "edgecolor": "black"}


def render(
    reports: Sequence[Any], names: Mapping[str, str], excluded: int, later: Sequence[str]
) -> str:
    """The page.

    reports: from `exercise_report`, one for each exercise.
    names: first and last name of each learner, by id, or empty.
    excluded: how many learners are left out.
    later: the exercises that nobody has handed in yet.
    """
    loader = PackageLoader("nbexaminer.pages.report", ".")
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)

    def named(who: str) -> str:
        return f"{who} ({names[who]})" if names.get(who) else who

    filters = (count, number, named, typed)
    environment.filters |= {f.__name__: f for f in filters} | {"quoted": shlex.quote}
    page = environment.get_template("report.html.j2")
    return page.render(
        reports=reports,
        n_learners=len(names),
        excluded=excluded,
        later=later,
        most_causes=MOST_CAUSES,
        most_pairs=MOST_PAIRS,
        pictures=pictures,
    )


def pictures(report: Mapping[str, Any]) -> Iterator[Markup]:
    """Of the scores and of the test cells, where there are any; none without Matplotlib.

    report: from `exercise_report`.
    """
    try:
        from matplotlib import style
    except ModuleNotFoundError:
        yield Markup("<p>{}</p>").format(MISSING)
        return
    with style.context("seaborn-v0_8-whitegrid"):
        for title, which in (("Scores", "score"), ("Points in the tests alone", "test_score")):
            scores, most = report[f"{which}s"], report[f"max_{which}"]
            if len(scores) > 1 and most:
                yield Markup(_draw_scores(title, scores, most))
                break
        if report["cells"].difficulty.notna().any():
            yield Markup(_draw_cells(report["cells"]))


def bars(scores: Sequence[float], most: float) -> list[tuple[str, int]]:
    """What each bar of the histogram stands for, and how many learners are in it.

    The last bar is for all points; the others are equally wide, up to `MOST_BARS` of them, and
    take in their lower end.
    """
    # Points are sums of decimal fractions: a tiny error must not move one into another bar.
    values = np.array(scores) + 1e-9
    whole = not np.any(np.abs(values - np.round(values)) > 1e-6)
    steps = [s for s in STEPS if s >= whole and most / s <= MOST_BARS]
    step = steps[0] if steps else most / MOST_BARS
    n = math.ceil(round(most / step, 6))
    places = np.where(values >= most, n, np.minimum(values // step, n - 1)).astype(int)
    counts = np.bincount(places, minlength=n + 1)
    ends = [min((i + 1) * step, most) for i in range(n)]
    names = [
        f"{i}" if whole and step == 1 else f"{i * step:g} to <{end:g}" for i, end in enumerate(ends)
    ]
    names.append(f"all {most:g}" if max(scores) <= most else f"{most:g} or more")
    return list(zip(names, counts.tolist(), strict=True))


def _draw_scores(title: str, scores: Sequence[float], most: float) -> str:
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    names, counts = zip(*bars(scores, most), strict=True)
    figure = Figure(figsize=(8.5, 3.4), layout="constrained")
    ax = figure.subplots()
    drawn = ax.bar(range(len(names)), counts, width=0.9, **BAR)
    ax.bar_label(drawn, labels=[str(n) if n else "" for n in counts])
    crowded = sum(map(len, names)) > 75
    ax.set_xticks(range(len(names)), [n.replace(" to ", "\nto ") if crowded else n for n in names])
    text = f"{title} of {count(len(scores))}; the median is {np.median(scores):.3g} of {most:g}"
    ax.set_title(text)
    ax.set(xlabel="points", ylabel="learners", ylim=(0, 1.15 * max(counts)))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(visible=False, axis="x")
    listed = ", ".join(f"{name}: {n}" for name, n in zip(names, counts, strict=True) if n)
    return _to_html(figure, f"Histogram. {text}. Learners by points: {listed}.")


def _draw_cells(cells: pd.DataFrame) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 1.2 + 0.36 * len(cells)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    passed = [f"{passed} of {n}" for passed, n in zip(cells.passed, cells.n, strict=True)]
    drawn = left.barh(cells.index, cells.difficulty.fillna(0), **BAR)
    left.bar_label(drawn, passed, padding=3)
    names = [n if len(n) <= 40 else f"{n[:25]} … {n[-12:]}" for n in cells.cell]
    left.set_yticks(cells.index, names)
    left.set(xlim=(0, 1.25), xticks=[0, 0.5, 1], xlabel="share of points earned", ylim=(-0.6, None))
    left.set_title("Short bars: difficult tests\n(beside them, how many passed)")
    left.invert_yaxis()
    for row, value in cells.discrimination.items():
        if math.isnan(value):
            right.text(0.03, row, "undefined", va="center", style="italic")
            continue
        right.plot([0, value], [row, row], color="black", linewidth=1)
        right.plot(value, row, marker="o" if value >= 0 else "X", color=ORANGE, mec="black")
        side = 1 if value >= 0 else -1
        right.annotate(
            f"{value:.2f}", (value, row), (8 * side, 0), textcoords="offset points",
            va="center", ha="left" if value >= 0 else "right",
        )  # fmt: skip
    right.axvline(0, color="black", linewidth=1)
    right.set(xlim=(-1.35, 1.35), xticks=[-1, 0, 1], xlabel="correlation with the other tests")
    right.set_title("Crosses, left of 0: failed more\nby those who do well elsewhere")
    for ax in (left, right):
        ax.grid(visible=False, axis="y")
    text = "; ".join(
        f"{name}: {passes} pass, discrimination {number(value)}"
        for name, passes, value in zip(cells.cell, passed, cells.discrimination, strict=True)
    )
    return _to_html(figure, f"For each test cell, how hard it is and how it discriminates. {text}.")


def _to_html(figure: Figure, alt: str) -> str:
    """The picture as an `<img>`, with 256 colours: a third of the size."""
    from PIL import Image  # which comes with Matplotlib

    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, format="png", dpi=100, bbox_inches="tight")
    picture = Image.open(full).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True)
    data = base64.b64encode(small.getvalue()).decode("ascii")
    return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{data}">'


def count(n: int, what: str = "learner") -> str:
    """Such as 1 learner, 2 learners."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def number(value: float) -> str:
    """With two decimals, or that it is undefined."""
    return "undefined" if math.isnan(value) else f"{value:.2f}"
