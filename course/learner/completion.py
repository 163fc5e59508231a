"""A page that says which answers pass, and a command by which anybody can check it offline.

It proves what the notebooks prove: that their answers pass the tests of this version of the course.
It doesn't prove who wrote them, nor when.
"""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from course.authoring.exercises import exercises
from course.learner.points import (
    WORK,
    ExerciseScore,
    NotScored,
    grade_own,
    own_grader,
)
from course.learner.progress import lessons
from course.learner.score import NO_SOURCE

PAGE = "completion.md"
_FACTS = re.compile(r"<!-- (\{.*\}) -->\s*\Z")
HONEST = (
    "This page proves what the notebooks prove: that their answers pass the tests of this version "
    "of the course. It says nothing of who wrote them, or when, and the name is what was typed. "
    "Whoever has the notebooks checks it offline, on a copy of the course:"
)
Facts = dict[str, Any]


def facts_of(scores: list[ExerciseScore], finished: list[str], name: str = "") -> Facts:
    """What a page says. Every answer's name comes with whether all of its tests pass."""
    return {
        "course": metadata.version("llm-basics"),
        "name": name,
        "lessons": finished,
        "answers": {
            score.exercise: {a.name: a.earned == a.points for a in score.answers}
            for score in scores
        },
        "notebooks": {score.exercise: score.version for score in scores},
    }


def page_of(facts: Facts) -> str:
    """The page. Its last line has the facts that all of it is made of."""
    answers = facts["answers"]
    passed = sum(sum(found.values()) for found in answers.values())
    every = sum(map(len, answers.values()))
    done = "All answers pass" if passed == every else f"{passed} of {every} answers pass"
    whose = f"**{facts['name']}**. " if facts["name"] else ""
    rows = [
        f"| {exercise} | {', '.join(n for n, ok in found.items() if ok) or 'none'} "
        f"| {', '.join(n for n, ok in found.items() if not ok)} |"
        for exercise, found in answers.items()
    ]
    return "\n".join(
        (
            "# LLM basics",
            "",
            f"{whose}{done}, graded by all tests of version {facts['course']} of the course. Run "
            f"to their end: {', '.join(facts['lessons']) or 'no lessons'}.",
            "",
            "| exercise | passed | not passed |",
            "|---|---|---|",
            *rows,
            "",
            HONEST,
            "",
            "    llm-basics completion --verify completion.md --work FOLDER_OF_THE_NOTEBOOKS",
            "",
            f"<!-- {json.dumps(facts)} -->",
            "",
        )
    )


def read_page(text: str) -> Facts:
    """The facts of a page. Raises ValueError where it says anything but what they do."""
    found = _FACTS.search(text)
    try:
        facts: Facts = json.loads(found[1]) if found else {}
        if page_of(facts) == text:
            return facts
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise ValueError("this is no page of completion, or it was changed after it was made")


def differences(page: Facts, now: Facts) -> list[str]:
    """What a page claims and the notebooks don't show. Better now is no difference."""
    found = []
    for exercise, answers in page["answers"].items():
        shown = now["answers"].get(exercise)
        if shown is None:
            found.append(f"{exercise} can't be graded here")
            continue
        claimed = [name for name, passed in answers.items() if passed]
        found += [f"{exercise}: {n} doesn't pass" for n in claimed if not shown.get(n, False)]
    missing = sorted({*page["lessons"]} - {*now["lessons"]})
    return found + [f"{name} was not run to its end" for name in missing]


def _graded(work: Path, keep: bool) -> tuple[Facts, list[str]]:
    """The facts of the notebooks in `work`, and why some could not be graded.

    keep: whether to note the points there, as `llm-basics score` does.
    """
    scores, reasons = [], []
    with own_grader() as (grader, _):
        for exercise in exercises():
            try:
                scores.append(grade_own(exercise, grader, work, keep))
            except NotScored as why:
                reasons.append(str(why))
    return facts_of(scores, [one.name for one in lessons(work) if one.finished]), reasons


@click.command()
@click.option("--name", default="", help="Yours, to stand on the page.")
@click.option("--verify", type=click.Path(path_type=Path, exists=True), help="A page to check.")
@click.option("--work", type=click.Path(path_type=Path), default=WORK, help="The notebooks.")
def completion(name: str, verify: Path | None, work: Path) -> None:
    """Make a page of the answers that pass, work/completion.md, or check one by the notebooks."""
    if not exercises():
        raise click.ClickException(NO_SOURCE)
    if not work.exists():
        raise click.ClickException(f"{work} is not there yet: `llm-basics lab` makes and fills it")
    try:
        page = read_page(verify.read_text(encoding="utf-8")) if verify else None
        facts, reasons = _graded(work, keep=page is None)
    except (NotScored, ValueError) as error:
        raise click.ClickException(str(error)) from None
    for reason in reasons:
        click.echo(reason)
    if page is None:
        (work / PAGE).write_text(page_of(facts | {"name": name}), encoding="utf-8")
        click.echo(f"{work / PAGE} is made.")
        return
    if page["course"] != facts["course"]:
        click.echo(f"The page is of version {page['course']}, and this is {facts['course']}.")
    changed = [e for e, v in page["notebooks"].items() if facts["notebooks"].get(e, v) != v]
    if changed:
        click.echo(f"Changed since the page was made: {', '.join(changed)}")
    if wrong := differences(page, facts):
        raise click.ClickException(
            "The notebooks don't show what the page says. " + "; ".join(wrong)
        )
    click.echo("The notebooks show what the page says.")
