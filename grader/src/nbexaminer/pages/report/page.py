"""The report as one HTML page. Everything in it is escaped; it runs no script, loads nothing."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader

from nbexaminer.pages.report.pictures import count, number, pictures
from nbexaminer.pages.report.statistics import ExerciseReport
from nbexaminer.similarity.evidence import marked
from nbexaminer.typed import typed

MOST_CAUSES = 20
"""Misconceptions that are shown of each answer."""
MOST_PAIRS = 20


def render(
    reports: Sequence[ExerciseReport], names: Mapping[str, str], excluded: int, later: Sequence[str]
) -> str:
    """The page.

    names: first and last name of each learner, by id, or empty.
    excluded: how many learners are left out.
    later: the exercises that nobody has handed in yet.
    """
    templates = PackageLoader("nbexaminer.pages.report", ".")
    environment = Environment(
        loader=templates, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )

    def named(who: str) -> str:
        return f"{who} ({names[who]})" if names.get(who) else who

    environment.filters |= {"count": count, "number": number, "marked": marked, "named": named}
    environment.filters |= {"quoted": shlex.quote, "typed": typed}
    environment.globals |= {"pictures": pictures}
    page = environment.get_template("report.html.j2")
    return page.render(
        reports=reports,
        n_learners=len(names),
        excluded=excluded,
        later=later,
        most_causes=MOST_CAUSES,
        most_pairs=MOST_PAIRS,
    )
