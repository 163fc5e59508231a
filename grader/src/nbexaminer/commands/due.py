"""`due`: when an exercise has to be handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nbexaminer.commands.command import db_option, refusing
from nbexaminer.typed import typed

if TYPE_CHECKING:
    from nbexaminer.deadlines.due import Deadlines


@click.command()
@click.argument("exercise")
@click.argument("time", required=False)
@click.option("--remove", is_flag=True, help="Take the due date away; extensions wait for another.")
@db_option
@refusing
def due(exercise: str, time: str | None, remove: bool, db: str | None) -> None:
    """Set when EXERCISE is due, or show it, and who has more time.

    TIME is in the course's time zone (c.MarkingRules.timezone), such as "2026-11-20 12:00".
    """
    from nbexaminer.deadlines.due import opened

    if remove and time is not None:
        raise click.UsageError(f"Give a time, {time!r}, or --remove: only one of them")
    with opened(db) as dates:
        exercise = dates.exercise(exercise)
        before = dates.due(exercise)
        after = before if time is None and not remove else None
        if time is not None:
            after = dates.course.settings.read(time)
        if after != before:
            dates.set_due(exercise, after)
        _show(dates, exercise)
        if after != before:
            _advise(exercise)


def _show(dates: Deadlines, exercise: str) -> None:
    when = dates.due(exercise)
    if when is None:
        click.echo(f"{exercise} has no due date.")
    else:
        click.echo(f"{exercise} is due {dates.course.settings.shown(when)}.")
    for extension in dates.extensions(exercise):
        click.echo(f"  {extension.student_id}: {dates.described(extension)}")


def _advise(exercise: str) -> None:
    click.echo(
        "Learners read it in the notebook from the next release on:\n"
        f"  nbgrader generate_assignment {exercise}\n"
        f"  nbgrader release_assignment {exercise} --force\n"
        f"Penalties for lateness follow with: {typed('grade')} {exercise}"
    )
