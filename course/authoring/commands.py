"""`llm-basics new`, `release`, `solutions`, `check-sources` and `explain`.

Where no exercise is named, all of them are meant. What takes seconds to import is imported inside.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from course.authoring.exercises import ROOT, ExerciseName, exercises, source_of

names_argument = click.argument(
    "names", metavar="[EXERCISE]...", nargs=-1, type=ExerciseName(exercises())
)
NEXT = """\
It is whole already. To see that:
  make release solutions EXERCISE={exercise}
  python -m pytest -q tests/checks tests/course/authoring -k {exercise}
Then make it yours: docs/exercises.md, "Add an exercise in six steps"."""


@click.command("new")
@click.argument("exercise", metavar="NUMBER-WORDS")
def new_command(exercise: str) -> None:
    """Make a new exercise from a template, such as 9-mine."""
    from course.authoring.new import new

    try:
        made = new(exercise)
    except (ValueError, FileExistsError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Made exercise {exercise}, with one answer to be written, double:")
    for path in made:
        click.echo(f"  {path.relative_to(ROOT)}{'/' if path.is_dir() else ''}")
    click.echo(NEXT.format(exercise=exercise))


@click.command("release")
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "release")
@names_argument
def release_command(into: Path, names: tuple[str, ...]) -> None:
    """Generate the learners' versions, release/, from source/."""
    from course.authoring.release import release

    _each(release, names, into)


@click.command("solutions")
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "solutions")
@names_argument
def solutions_command(into: Path, names: tuple[str, ...]) -> None:
    """Solve and execute source/ into solutions/."""
    from course.authoring.solutions import solution

    _each(solution, names, into)


@click.command("check-sources")
@names_argument
def check_command(names: tuple[str, ...]) -> None:
    """Say what is wrong with the source notebooks; exit status 1 where anything is."""
    from course.authoring.lint import faults

    found = [(e, f) for e in names or exercises() for f in faults(source_of(e))]
    for exercise, fault in found:
        click.echo(f"{exercise}: {fault}")
    sys.exit(bool(found))


@click.command("explain")
@click.argument("exercise", type=ExerciseName(exercises()))
@click.argument("name")
@click.option("--only", default="", metavar="TEXT", help="Those whose sentence has this text.")
def explain_command(exercise: str, name: str, only: str) -> None:
    """Show each known mistake of an answer: its code, which test it fails, and the message.

    Such as: llm-basics explain 1-attention softmax --only overflows
    """
    from course.authoring.explain import explain

    try:
        for paragraph in explain(exercise, name, only):
            click.echo(f"{paragraph}\n")
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _each(make: Callable[[str, Path], Path], names: tuple[str, ...], into: Path) -> None:
    from nbclient.exceptions import CellExecutionError

    for exercise in names or exercises():
        try:
            click.echo(make(exercise, into.resolve()))
        except (RuntimeError, CellExecutionError) as error:
            raise click.ClickException(f"{exercise}: {error}") from error
