"""`python -m grading check`: what this machine keeps of what the sandbox promises."""

from __future__ import annotations

import sys

import click
from rich.console import Console


@click.command()
def check() -> None:
    """Prove on this machine, line by line, what a learner's code and the examiner can and can't do.

    Ends with status 1 where a promise is not kept, and 2 where there is no sandbox.
    """
    from grading.sandbox.promises import tried
    from grading.sandbox.view import Sandbox, SandboxUnavailable

    console = Console(highlight=False)
    broken = 0
    try:
        for promise in tried(Sandbox.find()):
            said = "[green]yes[/]" if promise.kept else "[bold red]NO [/]"
            console.print(said, promise.promise)
            if not promise.kept:
                broken += 1
                console.print(f"     {promise.detail}", markup=False)
    except SandboxUnavailable as error:
        console.print(str(error), markup=False)
        sys.exit(2)
    if broken:
        console.print(f"[bold red]{broken} promises are not kept.[/] Do not grade here.")
        sys.exit(1)
    console.print("Every promise is kept: learners' code can be graded here.")
