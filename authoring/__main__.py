"""Make release/ and solutions/ from source/, and say what is wrong with a source notebook.

python -m authoring release [--into DIR] [EXERCISE ...]
python -m authoring solutions [--into DIR] [EXERCISE ...]
python -m authoring check [EXERCISE ...]
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from authoring.exercises import ROOT, exercises, source_of
from authoring.lint import faults
from authoring.release import release
from authoring.solutions import solution


@click.group(help=__doc__)
def main() -> None:
    """Command line of the module."""


@main.command("release")
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "release")
@click.argument("names", nargs=-1)
def release_command(into: Path, names: tuple[str, ...]) -> None:
    """Generate the learners' versions."""
    for exercise in names or exercises():
        shutil.rmtree(into / exercise, ignore_errors=True)
        click.echo(release(exercise, into.resolve()))


@main.command("solutions")
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "solutions")
@click.argument("names", nargs=-1)
def solutions_command(into: Path, names: tuple[str, ...]) -> None:
    """Solve and execute the exercises."""
    for exercise in names or exercises():
        click.echo(solution(exercise, into.resolve()))


@main.command("check")
@click.argument("names", nargs=-1)
def check_command(names: tuple[str, ...]) -> None:
    """Say what is wrong with the source notebooks; exit status 1 where anything is."""
    found = [(e, f) for e in names or exercises() for f in faults(source_of(e))]
    for exercise, fault in found:
        click.echo(f"{exercise}: {fault}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
