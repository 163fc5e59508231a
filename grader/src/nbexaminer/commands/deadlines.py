"""`due` and `extend`: when an exercise has to be handed in, and more time for one learner."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import click

from nbexaminer.cli import cli
from nbexaminer.commands.command import in_course_folder

if TYPE_CHECKING:
    from nbexaminer.classroom.course_folder import CourseFolder
    from nbexaminer.classroom.deadlines import Deadlines, Extension

MORE_THAN_NOTHING = click.FloatRange(min=0, min_open=True, max=10_000)


@click.command()
@click.argument("exercise")
@click.argument("time", required=False)
@click.option("--section", help="Only for those whom the roster has in this section.")
@click.option("--remove", is_flag=True, help="Take the due date away; extensions wait for another.")
@in_course_folder
def due(
    course: CourseFolder, exercise: str, time: str | None, section: str | None, remove: bool
) -> None:
    """Set when EXERCISE is due, or show it, and who has more time.

    TIME is in the course's time zone (c.MarkingRules.timezone), such as "2026-11-20 12:00".
    """
    from nbexaminer.classroom.deadlines import EVERY, opened

    if remove and time is not None:
        raise click.UsageError(f"Give a time, {time!r}, or --remove: only one of them")
    with opened(course) as dates:
        exercise = dates.exercise(exercise)
        of_sections = dates.of_sections(exercise)
        before = dates.due(exercise) if section is None else of_sections.get(section)
        after = before if time is None and not remove else None
        if time is not None:
            after = course.settings.read(time)
        if after != before:
            dates.set_due(exercise, after, section)
        whose = "" if section is None else f" for section {section}"
        none = "has no due date" if section is None else "has no date of its own"
        click.echo(
            f"{exercise} {none}{whose}."
            if after is None
            else f"{exercise} is due {course.settings.shown(after)}{whose}."
        )
        for name, date in of_sections.items() if section is None else ():
            click.echo(f"  section {name}: {course.settings.shown(date)}")
        for extension in (*dates.extensions(exercise), *dates.extensions(EVERY)):
            click.echo(f"  {extension.student_id}: {dates.described(extension)}")
        if after != before:
            click.echo(
                "Learners read it in the notebook from the next release on:\n"
                f"  nbgrader generate_assignment {exercise}\n"
                f"  nbgrader release_assignment {exercise} --force"
                if section is None
                else "The notebook shows the date of all the others, so tell the section."
            )
            click.echo(f"Penalties for lateness follow with: {cli('grade')} {exercise}")


@click.command()
@click.argument("learner", required=False)
@click.argument("exercise", required=False)
@click.option("--days", type=MORE_THAN_NOTHING, help="So many days more.")
@click.option("--hours", type=MORE_THAN_NOTHING, help="So many hours more, beside the days.")
@click.option("--until", metavar="TIME", help='In the course\'s time zone: "2026-11-22 18:00".')
@click.option("--all", "every", is_flag=True, help="For every exercise, also those to come.")
@click.option("--remove", is_flag=True, help="Take the extension away.")
@in_course_folder
def extend(
    course: CourseFolder,
    learner: str | None,
    exercise: str | None,
    days: float | None,
    hours: float | None,
    until: str | None,
    every: bool,
    remove: bool,
) -> None:
    """Give LEARNER more time for EXERCISE, or list who has more time.

    An extension takes the place of an earlier one. It may be given before anything is handed in.
    One for EXERCISE goes before one for every exercise.
    """
    from nbexaminer.classroom.deadlines import EVERY, opened

    more = days is not None or hours is not None
    if more + (until is not None) + remove > 1:
        raise click.UsageError("Give --days and --hours, or --until, or --remove: only one of them")
    changes = more or until is not None or remove
    if every != (changes and exercise is None) or (changes and learner is None):
        text = "Name learner and exercise: extend ada 1-attention --days 2, or --all for every"
        raise click.UsageError(f"{text} exercise")
    if every and until is not None:
        raise click.UsageError("With --all say how much, with --days or --hours")
    with opened(course) as dates:
        if exercise is None and learner in dates.exercises():
            learner, exercise = None, learner
        learner = None if learner is None else dates.learner(learner)
        exercise = EVERY if every else None if exercise is None else dates.exercise(exercise)
        before = dates.extensions(exercise, learner)
        if not changes or learner is None or exercise is None:
            if not before:
                click.echo("Nobody has an extension there.")
            for there in before:
                click.echo(f"{there.exercise}  {there.student_id}: {dates.described(there)}")
        elif remove:
            click.echo(_taken_away(dates, dates.remove(learner, exercise)))
        else:
            ahead = datetime.timedelta(days=days or 0, hours=hours or 0) if more else None
            end = None if until is None else course.settings.read(until)
            given = dates.extend(learner, exercise, ahead, end)
            if every:
                click.echo(f"{learner} now has {dates.described(given)}.")
            else:
                click.echo(_given(dates, given, before))


def _given(dates: Deadlines, extension: Extension, before: list[Extension]) -> str:
    whose = f"{extension.exercise} for {extension.student_id}"
    later = extension.later
    instead = f" (before: {before[0].later} later)" if before else ""
    if extension.until is None:
        return (
            f"{whose} will be due {later} after the others{instead}. But it "
            "has no due date yet: set it with\n"
            f'  {cli("due")} {extension.exercise} "2026-11-20 12:00"'
        )
    until = dates.course.settings.shown(extension.until)
    return f"{whose} is now due {until}, {later} later{instead}.\n{_follows(extension.exercise)}"


def _taken_away(dates: Deadlines, extension: Extension) -> str:
    whose = f"{extension.student_id} has no extension for {extension.exercise} any more"
    if extension.due is None:
        return f"{whose}."
    due = dates.due(extension.exercise, extension.student_id) or extension.due
    date = dates.course.settings.shown(due)
    return f"{whose}: it is due {date}.\n{_follows(extension.exercise)}"


def _follows(exercise: str) -> str:
    return f"A penalty for lateness follows with: {cli('grade')} {exercise}"
