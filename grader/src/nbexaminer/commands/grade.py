"""`grade`: a whole class at a time."""

from __future__ import annotations

import click
from rich.console import Console

from nbexaminer.commands.command import db_option, refusing
from nbexaminer.errors import Status


@click.command()
@click.argument("exercise")
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes. Default: the cores.")
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask scheduler: its workers grade.")
@db_option
@click.option(
    "--student",
    "students",
    multiple=True,
    metavar="ID",
    help="Grade only this learner's work; may be repeated.",
)
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Learners' code can do what you can.")
@refusing
def grade(
    exercise: str,
    jobs: int | None,
    scheduler: str | None,
    db: str | None,
    students: tuple[str, ...],
    force: bool,
    unsafe_no_sandbox: bool,
) -> Status:
    """Grade what was handed in for EXERCISE; run it in the course folder.

    What has been graded and has not changed is left as it is. Ends with status 1 where
    something needs the instructor, 2 where nothing can be graded, 130 after Ctrl-C.
    """
    from nbexaminer.commands.grade_console import grade_class

    console = Console(highlight=False)
    return grade_class(exercise, console, jobs, scheduler, db, force, unsafe_no_sandbox, students)
