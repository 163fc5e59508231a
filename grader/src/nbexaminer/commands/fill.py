"""`fill`: scores into the gradebook file that a learning platform exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from nbexaminer.commands.command import FILE, console, db_option, refusing
from nbexaminer.errors import Status
from nbexaminer.platforms.known import exports
from nbexaminer.platforms.report import first_lines, listed
from nbexaminer.typed import typed

if TYPE_CHECKING:
    from nbexaminer.platforms.fill import Filled


@click.command(
    help=f"""Fill EXERCISE's scores into a copy of FILE, which a platform exported.

    FILE is {exports()}. The copy is FILE-filled unless --to names another. Ends with status 1 where
    somebody's score is missing or nobody fits, 2 where nothing can be filled in.
    """
)
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
    from nbexaminer.course_folder import CourseFolder
    from nbexaminer.database import reached
    from nbexaminer.platforms import fill as platforms

    to = to or export.with_name(f"{export.stem}-filled{export.suffix}")
    course = CourseFolder(db)
    with reached(course.db_url):
        filled = platforms.fill(course, exercise, export, to, column, scale, unfinished)
    _print(console(), exercise, to, filled)
    return Status.FINE if filled.complete else Status.LOOK


def _print(console: Console, exercise: str, to: Path, filled: Filled) -> None:
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
    waiting = "Left out, since answers wait to be graded by hand (--unfinished takes them too)"
    if filled.with_unfinished:
        waiting = "With what they have so far, since answers wait"
    for said, names in (
        (waiting, filled.unfinished),
        (f"Left out, since not graded ({typed('grade')} {exercise})", filled.ungraded),
        (f"Graded, but in no line of {filled.platform}'s file", filled.absent),
    ):
        if names:
            console.print(f"[bold red]{said}:[/] {escape(listed(names))}")
    for who, reason in filled.refused:
        console.print(f"[bold red]Left out:[/] {escape(who)}: {escape(reason)}")
    strangers = [f"{escape(name)}: {escape(reason)}" for name, reason in filled.strangers]
    for line in first_lines([f"[bold red]In the file only:[/] {said}" for said in strangers]):
        console.print(line)
    if filled.strangers:
        console.print(f"Who belongs to the class goes on the roster: {typed('roster')}")
    if filled.computed:
        console.print(
            "[bold]Don't open the file in a spreadsheet[/]: the platform has put text into it that "
            f"looks like a formula, in cells that stay as they came: {len(filled.computed)}"
        )
