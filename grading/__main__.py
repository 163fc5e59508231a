"""Command line of grading: `python -m grading check`."""

from __future__ import annotations

import sys

import click
from rich.console import Console

from grading.check import tried
from grading.sandbox import Sandbox, SandboxUnavailable


@click.group(help="Grade what learners hand in, in a sandbox.")
def main() -> None:
    """The group of commands."""


@main.command()
def check() -> None:
    """Prove on this machine, line by line, what a learner's code can and can't do.

    Ends with status 1 where a promise is not kept, and 2 where there is no sandbox.
    """
    console = Console(highlight=False)
    broken = 0
    try:
        for line in tried(Sandbox.find()):
            console.print("[green]yes[/]" if line.ok else "[bold red]NO [/]", line.line)
            if not line.ok:
                broken += 1
                console.print(f"     {line.detail}", markup=False)
    except SandboxUnavailable as error:
        console.print(str(error), markup=False)
        sys.exit(2)
    if broken:
        console.print(f"[bold red]{broken} promises are not kept.[/] Do not grade here.")
        sys.exit(1)
    console.print("Every promise is kept: learners' code can be graded here.")


if __name__ == "__main__":
    main()
