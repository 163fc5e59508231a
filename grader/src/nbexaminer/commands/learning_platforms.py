"""`collect`, `fill` and `give-back`: what goes to and fro between a class and its platform."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from nbexaminer.cli import cli
from nbexaminer.commands.command import FILE, console, first_lines, in_course_folder, listed
from nbexaminer.errors import Status
from nbexaminer.lms.known import EXPORTS, PLATFORMS, TAKERS, TITLES, WORKSHEETS

if TYPE_CHECKING:
    from nbexaminer.classroom.course_folder import CourseFolder
    from nbexaminer.lms.collect import Report
    from nbexaminer.lms.give_back import Filled
    from nbexaminer.lms.platform import Platform
    from nbexaminer.settings import Settings

_PLATFORMS = click.Choice([*PLATFORMS], case_sensitive=False)
to_option = click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)


def _say(*lines: str) -> None:
    for line in lines:
        console().print(line)


@click.command(
    help=f"""Collect EXERCISE from the zip file that {TITLES} gives out.

    Ends with status 1 where something stays behind, 2 where a file can't be read at all.
    """
)
@click.argument("exercise")
@click.argument("archives", nargs=-1, required=True, type=FILE, metavar="ZIPFILE...")
@click.option("--platform", type=_PLATFORMS, help="Default: the names in the file show it.")
@click.option(
    "--worksheet", "worksheets", multiple=True, type=FILE,
    help=f"{WORKSHEETS}, for the times; repeatable.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace what these learners handed in before.")
@in_course_folder
def collect(
    course: CourseFolder,
    exercise: str,
    archives: tuple[Path, ...],
    platform: str | None,
    worksheets: tuple[Path, ...],
    force: bool,
) -> Status:
    from nbexaminer.lms import collect as platforms

    course.check_exercise(exercise)
    there = course.directory
    report = platforms.collect(there, exercise, archives, platform or "", worksheets, force)
    _say(*_of_collecting(exercise, report, course.settings))
    return Status.LOOK if report.refused else Status.FINE


def _of_collecting(exercise: str, report: Report, settings: Settings) -> list[str]:
    came_from = f" from {report.platform.title}" if report.platform else ""
    lines = [f"[bold]{len(report.collected)} collected[/]{came_from} into submitted/"]
    if report.unchanged:
        lines.append(f"{len(report.unchanged)} were there already, the same")
    if report.timed:
        new = "a time that was not known before: grade once more"
        lines.append(f"{len(report.timed)} of them have {new}: {escape(listed(report.timed))}")
    if report.older:
        lines.append(f"{report.older} files of earlier attempts stay behind: the newest counts")
    times = [when for when in report.collected.values() if when is not None]
    if times and not report.late:
        lines.append(f"the newest is of {settings.shown(max(times))}")
    if report.collected:
        lines += map(escape, _about_times(report.platform, report, exercise))
    if report.untimed:
        lines.append(f"replaced work that had a time by some without: {listed(report.untimed)}")
    refused = [f"{escape(place)}: {escape(reason)}" for place, reason in report.refused]
    return lines + first_lines([f"[bold red]Not collected:[/] {text}" for text in refused])


def _about_times(platform: type[Platform] | None, report: Report, exercise: str) -> list[str]:
    """What the instructor is told about times, a line each, and how to put them right."""
    how = f"to say when, write it, in UTC, to submitted/LEARNER/{exercise}/timestamp.txt"
    if platform is None:
        none = not any(report.collected.values())
        return [f"the names tell no times: all count as handed in on time; {how}"] * none
    if platform.worksheet:
        how = f"--worksheet with {platform.title}'s {platform.worksheet} tells them; {how}"
    late = [who for who in report.late if who in report.collected]
    untimed = [who for who, when in report.collected.items() if when is None and who not in late]
    lines = []
    if late:
        counts = "Each counts as late by the least, one day where the penalty goes by days"
        if any(report.collected[who] is None for who in late):
            counts = "The gradebook has no due date, so nothing is deducted"
        word = f"{len(late)} late, by {platform.title}'s word, without times: {listed(late)}"
        lines.append(f"{word}. {counts}; {how}")
    if len(untimed) + len(late) < len(report.collected) or platform.tells_time:
        return [*lines, f"without a time, so never late: {listed(untimed)}"] if untimed else lines
    if platform.tells_late:
        told = f"{platform.title}'s zip file tells no times, only who is late"
        return [f"{told}: {'the others count' if late else 'all count'} as on time", *lines]
    told = f"{platform.title}'s zip file tells no times: all count as handed in on time"
    return [f"{told}; {how}"]


def _bring_up_to_date(course: CourseFolder, exercise: str) -> None:
    """Have the gradebook's penalties be those of now. Raises Refusal for no such exercise."""
    from nbexaminer.classroom.gradebook.writer import bring_up_to_date

    course.check_exercise(exercise)
    with course.gradebook() as gradebook:
        bring_up_to_date(gradebook, [exercise], course.app)


@click.command(
    help=f"""Fill EXERCISE's scores into a copy of FILE, which a platform exported.

    FILE is {EXPORTS}. The copy is FILE-filled unless --to names another. Ends with status 1 where
    somebody's score is missing or nobody fits, 2 where nothing can be filled in.
    """
)
@click.argument("exercise")
@click.argument("export", type=FILE, metavar="FILE")
@to_option
@click.option("--column", default="", metavar="TITLE", help="If the assignment has another name.")
@click.option("--scale", is_flag=True, help="Convert scores to the platform's points.")
@click.option("--unfinished", is_flag=True, help="Also scores of what waits to be graded by hand.")
@in_course_folder
def fill(
    course: CourseFolder,
    exercise: str,
    export: Path,
    to: Path | None,
    column: str,
    scale: bool,
    unfinished: bool,
) -> Status:
    from nbexaminer.lms import give_back as platforms

    _bring_up_to_date(course, exercise)
    to = to or export.with_name(f"{export.stem}-filled{export.suffix}")
    filled = platforms.fill(course.directory, exercise, export, to, column, scale, unfinished)
    _say(*_of_filling(exercise, to, filled))
    return Status.FINE if filled.complete else Status.LOOK


def _of_filling(exercise: str, to: Path, filled: Filled) -> list[str]:
    upload = f" Upload it in {filled.platform}: {filled.upload}." if filled.filled else ""
    lines = [
        f"[bold]Scores: {filled.filled}[/] in the column {escape(filled.column)!r} of "
        f"{escape(str(to))}.{upload}"
    ]
    counts = (
        (filled.replaced, "Other scores in the file that are replaced"),
        (filled.nothing, "Handed nothing in, so that the cell stays as it is"),
        (filled.excluded, "Excluded, so that the cell stays as it is"),
    )
    lines += [f"{text}: {count}" for count, text in counts if count]
    if filled.factor != 1:
        lines.append(f"Each score was multiplied by {filled.factor:.6g}.")
    waiting = "Left out, since answers wait to be graded by hand (--unfinished takes them too)"
    if filled.with_unfinished:
        waiting = "With what they have so far, since answers wait"
    lines += _whom(waiting, filled.unfinished)
    lines += _whom(f"Left out, since not graded ({cli('grade')} {exercise})", filled.ungraded)
    lines += _whom(f"Graded, but in no line of {filled.platform}'s file", filled.absent)
    for who, reason in filled.refused:
        lines.append(f"[bold red]Left out:[/] {escape(who)}: {escape(reason)}")
    strangers = [f"{escape(name)}: {escape(reason)}" for name, reason in filled.strangers]
    lines += first_lines([f"[bold red]In the file only:[/] {text}" for text in strangers])
    if filled.strangers:
        lines.append(f"Who belongs to the class goes on the roster: {cli('roster')}")
    if filled.computed:
        lines.append(
            "[bold]Don't open the file in a spreadsheet[/]: the platform has put text into it that "
            f"looks like a formula, in cells that stay as they came: {filled.computed}"
        )
    return lines


@click.command(
    help=f"""Put EXERCISE's feedback pages into a zip file that {TAKERS} takes back.

    They are those of `nbgrader generate_feedback`; the file is feedback-EXERCISE.zip unless --to
    names another. Ends with status 1 where somebody's page is missing, 2 where nothing can be done.
    """
)
@click.argument("exercise")
@to_option
@in_course_folder
def give_back(course: CourseFolder, exercise: str, to: Path | None) -> Status:
    from nbexaminer.lms import give_back as platforms

    _bring_up_to_date(course, exercise)
    to = to or Path(f"feedback-{exercise}.zip")
    given = platforms.give_back(course.directory, exercise, to)
    platform = given.platform
    _say(
        f"[bold]Pages of {len(given.given)} learners[/] in {escape(str(to))} "
        f"({given.size / 1e6:.1f} MB). Upload it in {platform.title}: {platform.takes_back}.",
        *([platform.about_pages] if platform.about_pages else []),
        *_whom(f"Without a page (nbgrader generate_feedback {exercise})", given.missing),
        *_whom(f"Not from {platform.title}: give their pages back another way", given.elsewhere),
    )
    return Status.LOOK if given.missing or given.elsewhere else Status.FINE


def _whom(text: str, names: list[str]) -> list[str]:
    return [f"[bold red]{text}:[/] {escape(listed(names))}"] if names else []
