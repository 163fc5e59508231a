"""`check`: what this machine keeps of what sandbox and exchange promise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from nbexaminer.commands.command import refusing
from nbexaminer.errors import SandboxUnavailable, Status

if TYPE_CHECKING:
    from nbexaminer.sandbox.promises import Tried


@click.command()
@refusing
def check() -> Status:
    """Prove on this machine, line by line, what a learner's code and the examiner can and can't do.

    Then the same for nbgrader's exchange, where there is one: who can read or change what.

    Before, whether the course folder's configuration plugs this in at all.

    Ends with status 1 where a promise is not kept, or nbexaminer not plugged in; with 2 where
    there is no sandbox, or the configuration can't be read.
    """
    from nbexaminer.course_folder import CourseFolder
    from nbexaminer.sandbox.promises import tried
    from nbexaminer.sandbox.view import Sandbox

    console = Console(highlight=False, emoji=False)
    course = CourseFolder()
    left_out = course.passed_over()
    for text in left_out:
        console.print(f"[bold red]{escape(text)}[/]\n", soft_wrap=True)
    status = Status.LOOK if left_out else Status.FINE
    try:
        if broken := _show(console, tried(Sandbox.find(course.profile))):
            status = Status.LOOK
            console.print(f"[bold red]{broken} promises are not kept.[/] Do not grade here.")
        elif left_out:
            console.print("Every promise is kept. What stands above has to be put right first.")
        else:
            console.print("Every promise is kept: learners' code can be graded here.")
    except SandboxUnavailable as error:
        console.print(str(error), markup=False)
        status = Status.CANNOT
    return Status.LOOK if check_exchange(console) else status


def check_exchange(console: Console) -> int:
    """Look at the exchange of the course folder at hand; gives how many promises are not kept."""
    from traitlets import TraitError

    from nbexaminer.course_folder import CourseFolder
    from nbexaminer.intake.exchange_safety import exchange_root, safety

    console.print()
    try:
        course = CourseFolder()
    except TraitError as error:
        console.print(f"[bold red]{escape(str(error))}[/]", soft_wrap=True)
        return 1
    root = exchange_root(course)
    if not root.is_dir():
        text = f"There is no exchange, so nothing to check of it ({root})."
        console.print(text, markup=False, soft_wrap=True)
        return 0
    console.print(f"The exchange {root}:", markup=False, soft_wrap=True)
    broken = _show(console, safety(course))
    if broken:
        console.print(f"[bold red]{broken} of these are not so.[/] Put them right first.")
    return broken


def _show(console: Console, promises: Iterable[Tried]) -> int:
    """Print each; gives how many are not kept."""
    broken = 0
    for promise in promises:
        console.print("[green]yes[/]" if promise.kept else "[bold red]NO [/]", promise.promise)
        if not promise.kept:
            broken += 1
            for line in promise.detail.splitlines():
                console.print(f"     {line}", markup=False, soft_wrap=True)
    return broken
