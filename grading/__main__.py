"""Command line of grading: `python -m grading grade` and `python -m grading check`."""

from __future__ import annotations

import sys
from typing import Any

# jsonschema compiles a grammar for a format that no notebook has, 0.7 s in every process.
_modules: dict[str, Any] = sys.modules
_modules.setdefault("rfc3987_syntax", None)

import click  # noqa: E402
from rich.console import Console  # noqa: E402

from grading.sandbox.promises import tried  # noqa: E402
from grading.sandbox.view import Sandbox, SandboxUnavailable  # noqa: E402


@click.group(help="Grade what learners hand in, in a sandbox.")
def main() -> None:
    """The group of commands."""


@main.command()
@click.argument("exercise")
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes. Default: the cores.")
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask scheduler: its workers grade.")
@click.option("--db", metavar="URL", help="The gradebook, such as postgresql://me@host/grades.")
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Learners' code can do what you can.")
def grade(
    exercise: str,
    jobs: int | None,
    scheduler: str | None,
    db: str | None,
    force: bool,
    unsafe_no_sandbox: bool,
) -> None:
    """Grade what was handed in for EXERCISE; run it in the course folder.

    What has been graded and has not changed is left as it is. Ends with status 1 where
    something needs the instructor, 2 where nothing can be graded, 130 after Ctrl-C.
    """
    from grading.classroom.console import grade_class  # nbgrader is slow to import

    console = Console(highlight=False)
    sys.exit(grade_class(exercise, console, jobs, scheduler, db, force, unsafe_no_sandbox))


@main.command("check")
def try_promises() -> None:
    """Prove on this machine, line by line, what a learner's code and the examiner can and can't do.

    Ends with status 1 where a promise is not kept, and 2 where there is no sandbox.
    """
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


if __name__ == "__main__":
    main()
