"""The report as one HTML page: scores, and how hard each test is.

Everything in it is escaped; it runs no script, loads nothing.
"""

import math
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader

from nbexaminer.cli import cli

MOST_CAUSES = 20
"""Misconceptions that are shown of each answer."""
MOST_PAIRS = 20
MOST_BARS = 12
STEPS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50)


def render(
    reports: Sequence[Any], names: Mapping[str, str], excluded: int, later: Sequence[str]
) -> str:
    """The page.

    reports: from `exercise_report`, one for each exercise.
    names: first and last name of each learner, by id, or empty.
    excluded: how many learners are left out.
    later: the exercises that nobody has handed in yet.
    """
    loader = PackageLoader("nbexaminer.classroom.pages.report", ".")
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)

    def named(who: str) -> str:
        return f"{who} ({names[who]})" if names.get(who) else who

    filters = (count, number, named, cli, histogram)
    environment.filters |= {f.__name__: f for f in filters} | {"quoted": shlex.quote}
    page = environment.get_template("report.html.j2")
    return page.render(
        reports=reports,
        n_learners=len(names),
        excluded=excluded,
        later=later,
        most_causes=MOST_CAUSES,
        most_pairs=MOST_PAIRS,
    )


class Histogram(NamedTuple):
    """What its caption says, and of each bar what it stands for and how many learners it has."""

    caption: str
    bars: list[tuple[str, int]]


def histogram(report: Mapping[str, Any]) -> Histogram | None:
    """Of the scores, or of the points in the tests where not two are final.

    report: from `exercise_report`.
    """
    for title, which in (("Scores", "score"), ("Points in the tests alone", "test_score")):
        scores, most = report[f"{which}s"], report[f"max_{which}"]
        if len(scores) > 1 and most:
            middle = f"the median is {median(scores):.3g} of {most:g}"
            return Histogram(f"{title} of {count(len(scores))}; {middle}", bars(scores, most))
    return None


def bars(scores: Sequence[float], most: float) -> list[tuple[str, int]]:
    """What each bar of the histogram stands for, and how many learners are in it.

    The last bar is for all points; the others are equally wide, up to `MOST_BARS` of them, and
    take in their lower end.
    """
    # Points are sums of decimal fractions: a tiny error must not move one into another bar.
    values = [score + 1e-9 for score in scores]
    whole = all(abs(value - round(value)) <= 1e-6 for value in values)
    steps = [s for s in STEPS if s >= whole and most / s <= MOST_BARS]
    step = steps[0] if steps else most / MOST_BARS
    n = math.ceil(round(most / step, 6))
    counts = Counter(n if value >= most else min(int(value / step), n - 1) for value in values)
    ends = [min((i + 1) * step, most) for i in range(n)]
    names = [
        f"{i}" if whole and step == 1 else f"{i * step:g} to <{end:g}" for i, end in enumerate(ends)
    ]
    names.append(f"all {most:g}" if max(scores) <= most else f"{most:g} or more")
    return [(name, counts[place]) for place, name in enumerate(names)]


def count(n: int, what: str = "learner") -> str:
    """Such as 1 learner, 2 learners."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def number(value: float) -> str:
    """With two decimals, or that it is undefined."""
    return "undefined" if math.isnan(value) else f"{value:.2f}"
