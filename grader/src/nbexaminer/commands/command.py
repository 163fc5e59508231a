"""What all commands share: how they end, and how they say what can't be done."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec

import click
from rich.console import Console
from rich.markup import escape

from nbexaminer.errors import Refusal, Status

P = ParamSpec("P")
OF_A_CLUSTER = ("distributed", "psycopg", "psycopg2")
"""Modules that are an extra."""
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
db_option = click.option(
    "--db", metavar="URL", help="The gradebook, such as postgresql://me@host/grades."
)


def console() -> Console:
    """Where commands print; lines are as long as they are."""
    return Console(highlight=False, soft_wrap=True)


def refusing(run: Callable[P, Status | None]) -> Callable[P, None]:
    """Have a command end with the status that it gives, or with what `status_of` makes of it."""

    @functools.wraps(run)
    def ending(*args: P.args, **kwargs: P.kwargs) -> None:
        sys.exit(status_of(functools.partial(run, *args, **kwargs), console()))

    return ending


def status_of(run: Callable[[], Status | None], console: Console) -> Status:
    """The status that it gives; where something can't be done, that is said in a sentence.

    What can't be done is a Refusal, a setting that traitlets refuses, a database or a file that
    can't be used; everything else is a mistake of ours, and comes out whole.
    """
    try:
        return run() or Status.FINE
    except Exception as error:
        refused = _refusal(error)
        if not refused:
            raise
        console.print(f"[bold red]{escape(refused)}[/]", soft_wrap=True)
        return Status.CANNOT


def _refusal(error: Exception) -> str:
    """What it refuses, in a sentence; empty for a mistake of ours."""
    from sqlalchemy.exc import SQLAlchemyError
    from traitlets import TraitError

    if isinstance(error, ModuleNotFoundError) and error.name in OF_A_CLUSTER:
        return f"{error}; for a cluster or PostgreSQL: pip install 'nbexaminer[cluster]'"
    refused = isinstance(error, Refusal | TraitError | SQLAlchemyError | OSError)
    return str(error) if refused else ""


def cores() -> int:
    """Of this machine, those that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Have Ctrl-C, or being told to terminate, end the run cleanly; a second Ctrl-C at once."""

    def handle(*_: object) -> None:
        stop()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, handle) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
