"""`roster`: who is in the class."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--id", "id_column", default="", metavar="COLUMN", help="Heading of the ids' column.")
@click.option("--exclude", multiple=True, metavar="ID", help="Leave out of grades; repeatable.")
@click.option("--include", multiple=True, metavar="ID", help="Take back into them; repeatable.")
@click.option("--db", metavar="URL", help="The gradebook, such as postgresql://me@host/grades.")
def roster(
    file: Path | None,
    id_column: str,
    exclude: tuple[str, ...],
    include: tuple[str, ...],
    db: str | None,
) -> None:
    """Read the class from FILE, or list it; run it in the course folder.

    FILE is a table with the columns id, first name, last name, email and section, or what Canvas,
    Moodle, Blackboard or Brightspace exports. Whom it leaves out stays in the gradebook. Ends with
    status 1 where something needs the instructor, 2 where nothing can be read.
    """
    from nbexaminer.commands.roster_console import manage_roster

    sys.exit(manage_roster(Console(highlight=False), file, id_column, exclude, include, db))
