"""`roster`: who is in the class."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from nbexaminer.commands.command import FILE, db_option, refusing
from nbexaminer.errors import Status
from nbexaminer.platforms.known import titles


@click.command(
    help=f"""Read the class from FILE, or list it; run it in the course folder.

    FILE is a table with the columns id, first name, last name, email and section, or what
    {titles()} exports. Whom it leaves out stays in the gradebook. Ends with status 1 where
    something needs the instructor, 2 where nothing can be read.
    """
)
@click.argument("file", required=False, type=FILE)
@click.option("--id", "id_column", default="", metavar="COLUMN", help="Heading of the ids' column.")
@click.option("--exclude", multiple=True, metavar="ID", help="Leave out of grades; repeatable.")
@click.option("--include", multiple=True, metavar="ID", help="Take back into them; repeatable.")
@db_option
@refusing
def roster(
    file: Path | None,
    id_column: str,
    exclude: tuple[str, ...],
    include: tuple[str, ...],
    db: str | None,
) -> Status:
    from nbexaminer.commands.roster_console import manage_roster

    return manage_roster(Console(highlight=False), file, id_column, exclude, include, db)
