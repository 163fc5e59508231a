"""`serve`: grade what is handed in as soon as it is."""

from __future__ import annotations

from pathlib import Path

import click

from nbexaminer.commands.command import console, db_option, refusing
from nbexaminer.errors import Status

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("exercise")
@click.option("--inbox", type=FOLDER, help="Watch this folder instead of the exchange's drop box.")
@click.option("--outbox", type=FOLDER, help="Put feedback there too, a folder for each learner.")
@click.option("--once", is_flag=True, help="Grade what is there, then end: for cron.")
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes. Default: the cores.")
@db_option
@click.option("--unsafe-no-sandbox", is_flag=True, help="Learners' code can do what you can.")
@refusing
def serve(
    exercise: str,
    inbox: Path | None,
    outbox: Path | None,
    once: bool,
    jobs: int | None,
    db: str | None,
    unsafe_no_sandbox: bool,
) -> Status:
    """Grade what is handed in for EXERCISE as soon as it is; run it in the course folder.

    Each learner gets feedback within seconds, and every attempt is kept in attempts/. How many
    there may be and which one counts: c.MarkingRules.attempts and c.MarkingRules.counted in
    class_config.py. In --inbox lie <learner>/EXERCISE.ipynb, folders <learner>/EXERCISE, or
    what is called LEARNER+EXERCISE+TIME. Ctrl-C ends it.

    Ends with status 1 where something needs the instructor, 2 where nothing can be graded.
    """
    from nbexaminer.commands.serve_console import Options, serve_class

    options = Options(inbox, outbox, once, jobs, db, unsafe_no_sandbox)
    return serve_class(exercise, console(), options)
