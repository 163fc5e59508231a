"""`fill`: scores into the gradebook file that a learning platform exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from nbexaminer.commands.command import FILE, console, db_option, refusing
from nbexaminer.errors import Status
from nbexaminer.typed import typed

if TYPE_CHECKING:
    from nbexaminer.platforms.fill import Filled


@click.command()
@click.argument("exercise")
@click.argument("export", type=FILE, metavar="FILE")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--column", default="", metavar="TITLE", help="If the assignment has another name.")
@click.option("--scale", is_flag=True, help="Convert scores to the platform's points.")
@click.option("--unfinished", is_flag=True, help="Also scores of what waits to be graded by hand.")
@db_option
@refusing
def fill(
    exercise: str,
    export: Path,
    to: Path | None,
    column: str,
    scale: bool,
    unfinished: bool,
    db: str | None,
) -> Status:
    """Fill EXERCISE's scores into a copy of FILE, which a platform exported.

    FILE is Canvas's, Blackboard's or Brightspace's gradebook, or Moodle's grading worksheet. The
    copy is FILE-filled unless --to names another. Ends with status 1 where somebody's score is
    missing or nobody fits, 2 where nothing can be filled in.
    """
    from nbexaminer.course_folder import CourseFolder
    from nbexaminer.database import reached
    from nbexaminer.platforms import fill as platforms

    to = to or export.with_name(f"{export.stem}-filled{export.suffix}")
    course = CourseFolder(db)
    with reached(course.db_url):
        filled = platforms.fill(course, exercise, export, to, column, scale, unfinished)
    _print(console(), exercise, to, filled)
    return Status.LOOK if not filled.complete else Status.FINE


def _print(console: Console, exercise: str, to: Path, filled: Filled) -> None:
    from nbexaminer.platforms.report import SHOWN

    upload = f" Upload it in {filled.platform}: {filled.upload}." if filled.filled else ""
    console.print(
        f"[bold]Scores: {filled.filled}[/] in the column {escape(filled.column)!r} of "
        f"{escape(str(to))}.{upload}"
    )
    counts = (
        (filled.replaced, "Other scores in the file that are replaced"),
        (filled.nothing, "Handed nothing in, so that the cell stays as it is"),
        (filled.excluded, "Excluded, so that the cell stays as it is"),
    )
    for count, said in counts:
        if count:
            console.print(f"{said}: {count}")
    if filled.factor != 1:
        console.print(f"Each score was multiplied by {filled.factor:.6g}.")
    if filled.unfinished and filled.with_unfinished:
        _list(console, "With what they have so far, since answers wait", filled.unfinished)
    elif filled.unfinished:
        said = "Left out, since answers wait to be graded by hand (--unfinished takes them too)"
        _list(console, said, filled.unfinished)
    if filled.ungraded:
        said = f"Left out, since not graded ({typed('grade')} {exercise})"
        _list(console, said, filled.ungraded)
    for who, reason in filled.refused:
        console.print(f"[bold red]Left out:[/] {escape(who)}: {escape(reason)}")
    if filled.absent:
        _list(console, f"Graded, but in no line of {filled.platform}'s file", filled.absent)
    for name, reason in filled.strangers[:SHOWN]:
        console.print(f"[bold red]In the file only:[/] {escape(name)}: {escape(reason)}")
    if len(filled.strangers) > SHOWN:
        console.print(f"and {len(filled.strangers) - SHOWN} more")
    if filled.strangers:
        console.print(f"Who belongs to the class goes on the roster: {typed('roster')}")
    if filled.computed:
        console.print(
            "[bold]Don't open the file in a spreadsheet[/]: the platform has put text into it that "
            f"looks like a formula, in cells that stay as they came: {len(filled.computed)}"
        )


def _list(console: Console, said: str, names: list[str]) -> None:
    from nbexaminer.platforms.report import listed

    console.print(f"[bold red]{said}:[/] {escape(listed(names))}")
