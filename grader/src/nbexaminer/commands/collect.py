"""`collect`: what learners handed in on a learning platform."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from nbexaminer.commands.command import FILE, console, db_option, refusing
from nbexaminer.errors import Status

if TYPE_CHECKING:
    from nbexaminer.platforms.report import Report
    from nbexaminer.settings import Settings

_PLATFORMS = click.Choice(["canvas", "moodle", "blackboard", "brightspace"], case_sensitive=False)


@click.command()
@click.argument("exercise")
@click.argument("archives", nargs=-1, required=True, type=FILE, metavar="ZIPFILE...")
@click.option("--platform", type=_PLATFORMS, help="Default: the names in the file show it.")
@click.option("--worksheet", type=FILE, help="Moodle's grading worksheet, for the times.")
@click.option("--force", is_flag=True, help="Replace what these learners handed in before.")
@db_option
@refusing
def collect(
    exercise: str,
    archives: tuple[Path, ...],
    platform: str | None,
    worksheet: Path | None,
    force: bool,
    db: str | None,
) -> Status:
    """Collect EXERCISE from the zip file that Canvas, Moodle, Blackboard or Brightspace gives out.

    Ends with status 1 where something stays behind, 2 where nothing can be collected.
    """
    from nbexaminer.course_folder import CourseFolder
    from nbexaminer.database import reached
    from nbexaminer.platforms import collect as platforms

    course = CourseFolder(db)
    with reached(course.db_url):
        report = platforms.collect(course, exercise, archives, platform or "", worksheet, force)
    _print(console(), exercise, report, course.settings)
    return Status.LOOK if report.refused else Status.FINE


def _print(console: Console, exercise: str, report: Report, settings: Settings) -> None:
    from nbexaminer.platforms.report import SHOWN

    came_from = f" from {report.platform}" if report.platform else ""
    console.print(f"[bold]{len(report.collected)} collected[/]{came_from} into submitted/")
    if report.unchanged:
        console.print(f"{len(report.unchanged)} were there already, the same")
    if report.older:
        console.print(f"{report.older} files of earlier attempts stay behind: the newest counts")
    times = [when for when in report.collected.values() if when is not None]
    if times and not report.late:
        console.print(f"the newest is of {settings.shown(max(times))}")
    for line in _about_times(report, exercise):
        console.print(escape(line))
    for place, reason in report.refused[:SHOWN]:
        console.print(f"[bold red]Not collected:[/] {escape(place)}: {escape(reason)}")
    if len(report.refused) > SHOWN:
        console.print(f"and {len(report.refused) - SHOWN} more")


def _about_times(report: Report, exercise: str) -> list[str]:
    """What the platform doesn't tell about when something came."""
    if not report.collected or report.platform not in ("Canvas", "Moodle"):
        return []
    from nbexaminer.platforms.report import listed

    untimed = [who for who, when in report.collected.items() if when is None]
    say_when = f"to say when, write it, in UTC, to submitted/LEARNER/{exercise}/timestamp.txt"
    if report.platform == "Moodle":
        if len(untimed) < len(report.collected):
            return [f"without a time, so never late: {listed(untimed)}"] if untimed else []
        return [
            "Moodle's zip file tells no times: all count as handed in on time. --worksheet with "
            f"Moodle's grading worksheet tells them; {say_when}"
        ]
    lines = ["Canvas's zip file tells no times, only who is late: the others count as on time"]
    late = [who for who in report.late if who in report.collected]
    dated = [who for who in late if report.collected[who] is not None]
    undated = [who for who in late if report.collected[who] is None]
    if dated:
        names = listed(dated)
        lines.append(f"late, taken as one second after the due date: {names}; {say_when}")
    if undated:
        names = listed(undated)
        lines.append(
            f"late, but the gradebook has no due date, so nothing is deducted: {names}; {say_when}"
        )
    return lines
