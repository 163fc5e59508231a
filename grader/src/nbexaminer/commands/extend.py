"""`extend`: more time for one learner."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import click

from nbexaminer.commands.command import db_option, refusing
from nbexaminer.typed import typed

if TYPE_CHECKING:
    from nbexaminer.deadlines.due import Deadlines
    from nbexaminer.deadlines.extensions import Extension

MORE_THAN_NOTHING = click.FloatRange(min=0, min_open=True, max=10_000)


@click.command()
@click.argument("learner", required=False)
@click.argument("exercise", required=False)
@click.option("--days", type=MORE_THAN_NOTHING, help="So many days more.")
@click.option("--hours", type=MORE_THAN_NOTHING, help="So many hours more, beside the days.")
@click.option("--until", metavar="TIME", help='In the course\'s time zone: "2026-11-22 18:00".')
@click.option("--remove", is_flag=True, help="Take the extension away.")
@db_option
@refusing
def extend(
    learner: str | None,
    exercise: str | None,
    days: float | None,
    hours: float | None,
    until: str | None,
    remove: bool,
    db: str | None,
) -> None:
    """Give LEARNER more time for EXERCISE, or list who has more time.

    An extension takes the place of an earlier one. It may be given before anything is handed in.
    """
    from nbexaminer.deadlines.due import opened

    more = days is not None or hours is not None
    if more + (until is not None) + remove > 1:
        raise click.UsageError("Give --days and --hours, or --until, or --remove: only one of them")
    changes = more or until is not None or remove
    if changes and (learner is None or exercise is None):
        raise click.UsageError("Name learner and exercise: extend ada 1-attention --days 2")
    with opened(db) as dates:
        if exercise is None and learner in dates.exercises():
            learner, exercise = None, learner
        learner = None if learner is None else dates.learner(learner)
        exercise = None if exercise is None else dates.exercise(exercise)
        if not changes or learner is None or exercise is None:
            _list(dates, dates.extensions(exercise, learner))
            return
        if remove:
            _taken_away(dates, dates.remove(learner, exercise))
            return
        before = dates.extensions(exercise, learner)
        ahead = datetime.timedelta(days=days or 0, hours=hours or 0) if more else None
        end = None if until is None else dates.course.settings.read(until)
        _given(dates, dates.extend(learner, exercise, ahead, end), before)


def _list(dates: Deadlines, found: list[Extension]) -> None:
    if not found:
        click.echo("Nobody has an extension there.")
    for extension in found:
        said = dates.described(extension)
        click.echo(f"{extension.exercise}  {extension.student_id}: {said}")


def _given(dates: Deadlines, extension: Extension, before: list[Extension]) -> None:
    from nbexaminer.deadlines.extensions import in_words

    whose = f"{extension.exercise} for {extension.student_id}"
    instead = f" (before: {in_words(before[0].ahead)} later)" if before else ""
    if extension.until is None:
        click.echo(
            f"{whose} will be due {in_words(extension.ahead)} after the others{instead}. But it "
            "has no due date yet: set it with\n"
            f'  {typed("due")} {extension.exercise} "2026-11-20 12:00"'
        )
        return
    until = dates.course.settings.shown(extension.until)
    click.echo(f"{whose} is now due {until}, {in_words(extension.ahead)} later{instead}.")
    _penalties_follow(extension.exercise)


def _taken_away(dates: Deadlines, extension: Extension) -> None:
    whose = f"{extension.student_id} has no extension for {extension.exercise} any more"
    if extension.due is None:
        click.echo(f"{whose}.")
        return
    click.echo(
        f"{whose}: it is due {dates.course.settings.shown(extension.due)}, as for everybody."
    )
    _penalties_follow(extension.exercise)


def _penalties_follow(exercise: str) -> None:
    click.echo(f"A penalty for lateness follows with: {typed('grade')} {exercise}")
