"""What all commands share: how they end, and how they say what can't be done."""

import contextlib
import functools
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from nbexaminer.classroom.intake import names
from nbexaminer.errors import Refusal, Status

SHOWN = 50
"""Names or lines of one kind; the rest is counted."""
OF_A_CLUSTER = ("distributed", "psycopg", "psycopg2")
"""Modules that are an extra."""
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Command = Callable[..., Status | None]
unsafe_option = click.option(
    "--unsafe-no-sandbox", is_flag=True, help="Learners' code can do what you can."
)


def console() -> Console:
    """Where commands print; lines are as long as they are."""
    return Console(highlight=False, emoji=False, soft_wrap=True)


def refusing(run: Command) -> Callable[..., None]:
    """Have a command end with the status that it gives; what can't be done is said in a sentence.

    That is a Refusal, a setting that traitlets refuses, a database or a file that can't be used;
    everything else is a mistake of ours, and comes out whole.
    """

    @functools.wraps(run)
    def ending(*args: Any, **kwargs: Any) -> None:
        try:
            status = run(*args, **kwargs)
        except Exception as error:
            if not (refused := _refusal(error)):
                raise
            console().print(f"[bold red]{escape(refused)}[/]")
            status = Status.CANNOT
        sys.exit(status or Status.FINE)

    return ending


def _refusal(error: Exception) -> str:
    """What it refuses, in a sentence; empty for a mistake of ours."""
    from sqlalchemy.exc import SQLAlchemyError
    from traitlets import TraitError

    if isinstance(error, ModuleNotFoundError) and error.name in OF_A_CLUSTER:
        return f"{error}; for a cluster or PostgreSQL: pip install 'nbexaminer[cluster]'"
    refused = isinstance(error, Refusal | TraitError | SQLAlchemyError | OSError)
    return str(error) if refused else ""


def in_course_folder(run: Command) -> Callable[..., None]:
    """Give a command the course folder at hand before its options, with the gradebook of --db."""

    @functools.wraps(run)
    def there(db: str | None, unsafe_no_sandbox: bool = False, **options: Any) -> Status | None:
        from nbexaminer.classroom.course_folder import CourseFolder
        from nbexaminer.classroom.database import reached

        course = CourseFolder(db, unsafe_no_sandbox)
        with reached(course.db_url):
            return run(course, **options)

    text = "The gradebook, such as postgresql://me@host/grades."
    return click.option("--db", metavar="URL", help=text)(refusing(there))


listed = functools.partial(names.listed, most=SHOWN)


def first_lines(lines: Sequence[str], what: str = "") -> list[str]:
    """Lines that are shown, the last of them how many more there are, and of what."""
    more = [f"and {len(lines) - SHOWN} more {what}".rstrip()] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *more]


def _cores() -> int:
    """Of this machine, those that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=_cores,
    help="Worker processes. Default: the cores.",
)


@contextlib.contextmanager
def on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Have Ctrl-C, or being told to terminate, end the run cleanly; a second Ctrl-C at once."""

    def handle(*_: object) -> None:
        stop()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    with contextlib.ExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            stack.callback(signal.signal, number, signal.signal(number, handle))
        yield
