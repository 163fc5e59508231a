"""`collect`: what learners handed in on a learning platform."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from nbexaminer.commands.command import FILE, console, db_option, refusing
from nbexaminer.errors import Status
from nbexaminer.platforms.known import PLATFORMS, titles, worksheets
from nbexaminer.platforms.report import Report, first_lines

if TYPE_CHECKING:
    from nbexaminer.settings import Settings

_PLATFORMS = click.Choice([*PLATFORMS], case_sensitive=False)


@click.command(
    help=f"""Collect EXERCISE from the zip file that {titles()} gives out.

    Ends with status 1 where something stays behind, 2 where nothing can be collected.
    """
)
@click.argument("exercise")
@click.argument("archives", nargs=-1, required=True, type=FILE, metavar="ZIPFILE...")
@click.option("--platform", type=_PLATFORMS, help="Default: the names in the file show it.")
@click.option("--worksheet", type=FILE, help=f"{worksheets()}, for the times.")
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
    from nbexaminer.course_folder import CourseFolder
    from nbexaminer.database import reached
    from nbexaminer.platforms import collect as platforms

    course = CourseFolder(db)
    with reached(course.db_url):
        report = platforms.collect(course, exercise, archives, platform or "", worksheet, force)
    _print(console(), exercise, report, course.settings)
    return Status.LOOK if report.refused else Status.FINE


def _print(console: Console, exercise: str, report: Report, settings: Settings) -> None:
    came_from = f" from {report.platform.title}" if report.platform else ""
    console.print(f"[bold]{len(report.collected)} collected[/]{came_from} into submitted/")
    if report.unchanged:
        console.print(f"{len(report.unchanged)} were there already, the same")
    if report.older:
        console.print(f"{report.older} files of earlier attempts stay behind: the newest counts")
    times = [when for when in report.collected.values() if when is not None]
    if times and not report.late:
        console.print(f"the newest is of {settings.shown(max(times))}")
    if report.collected and report.platform:
        say_when = f"to say when, write it, in UTC, to submitted/LEARNER/{exercise}/timestamp.txt"
        late = [who for who in report.late if who in report.collected]
        for line in report.platform.about_times(report.collected, late, say_when):
            console.print(escape(line))
    refused = [f"{escape(place)}: {escape(reason)}" for place, reason in report.refused]
    for line in first_lines([f"[bold red]Not collected:[/] {said}" for said in refused]):
        console.print(line)
