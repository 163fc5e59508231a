"""`give-back`: a zip file of feedback for a learning platform."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from nbexaminer.commands.command import console, db_option, refusing
from nbexaminer.errors import Status
from nbexaminer.platforms.known import takers
from nbexaminer.platforms.report import listed

if TYPE_CHECKING:
    from nbexaminer.platforms.give_back import Given


@click.command(
    help=f"""Put EXERCISE's feedback pages into a zip file that {takers()} takes back.

    They are those of `nbgrader generate_feedback`; the file is feedback-EXERCISE.zip unless --to
    names another. Ends with status 1 where somebody's page is missing, 2 where nothing can be done.
    """
)
@click.argument("exercise")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@db_option
@refusing
def give_back(exercise: str, to: Path | None, db: str | None) -> Status:
    from nbexaminer.course_folder import CourseFolder
    from nbexaminer.database import reached
    from nbexaminer.platforms import give_back as platforms

    to = to or Path(f"feedback-{exercise}.zip")
    course = CourseFolder(db)
    with reached(course.db_url):
        given = platforms.give_back(course, exercise, to)
    _print(console(), exercise, to, given)
    return Status.LOOK if given.missing or given.elsewhere else Status.FINE


def _print(console: Console, exercise: str, to: Path, given: Given) -> None:
    platform = given.platform
    console.print(
        f"[bold]Pages of {len(given.given)} learners[/] in {escape(str(to))} "
        f"({given.size / 1e6:.1f} MB). Upload it in {platform.title}: {platform.takes_back}."
    )
    if platform.about_pages:
        console.print(platform.about_pages)
    again = f"nbgrader generate_feedback {exercise}"
    for said, names in (
        (f"Without a page ({again})", given.missing),
        (f"Not from {platform.title}: give their pages back another way", given.elsewhere),
    ):
        if names:
            console.print(f"[bold red]{said}:[/] {escape(listed(names))}")
