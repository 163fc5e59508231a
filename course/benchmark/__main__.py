"""`python -m course.benchmark data`, `install`, `run` and `table`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from course.authoring.exercises import exercises
from course.benchmark import score as scores
from course.benchmark.adapters import GRADERS
from course.benchmark.data import write as write_data
from course.benchmark.install import install as make_environments
from course.benchmark.run import Trial, draw
from course.benchmark.run import write as write_run

PLACE = Path("work") / "benchmark"
_FOLDER = click.Path(file_okay=False, path_type=Path)
_data = click.option("--data", type=_FOLDER, default=PLACE / "data", show_default=True)


@click.group("benchmark")
def main() -> None:
    """How well autograders tell right from wrong, and what they withstand."""


@main.command()
@click.option("--into", type=_FOLDER, default=PLACE / "data", show_default=True)
def data(into: Path) -> None:
    """Write exercises, answers and attacks as plain files."""
    for kind, number in write_data(into, exercises()).items():
        click.echo(f"{number:5} {kind}")


@main.command()
@click.option("--into", type=_FOLDER, default=PLACE / "environments", show_default=True)
def install(into: Path) -> None:
    """Make Python environments with the graders that can't share this one."""
    make_environments(into)


@main.command()
@click.argument("graders", nargs=-1, type=click.Choice(sorted(GRADERS)))
@_data
@click.option("--environments", type=_FOLDER, default=PLACE / "environments", show_default=True)
@click.option("--into", type=_FOLDER, default=PLACE / "runs", show_default=True)
@click.option("--sample", type=click.IntRange(1), help="So many right and wrong ones; else all.")
@click.option("--attacks", type=click.IntRange(0), help="So many attacks; else as many as those.")
@click.option("--seed", type=int, default=1, show_default=True, help="What the sample is drawn by.")
@click.option("--only", multiple=True, metavar="ID", help="These answers, and no sample.")
def run(
    graders: tuple[str, ...], data: Path, environments: Path, into: Path, sample: int | None,
    attacks: int | None, seed: int, only: tuple[str, ...],
) -> None:  # fmt: skip
    """Try these graders, or all, and show the table. A run that was stopped goes on."""
    attacks = sample if attacks is None else attacks
    answers = draw(data, sample, attacks, seed, only)
    most, cheats = ("all" if n is None else str(n) for n in (sample, attacks))
    drawn = f"{most} right, {most} wrong, {cheats} attacks, seed {seed}"
    called = f"{most}-{cheats}-{seed}"
    if only:
        drawn, called = f"only {', '.join(only)}", f"only-{'+'.join(only)}"[:150]
    files = []
    for name in graders or GRADERS:
        trial = Trial(GRADERS[name], data, into / "batches", environments)
        files.append(into / f"{name}-{called}.jsonl")
        noted = write_run(files[-1], trial.about(drawn, len(answers)), trial, answers)
        for number, one in enumerate(noted, 1):
            click.echo(f"{name} {number}: {one['id']}", err=True)
    _show(files, data)


@main.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_data
@click.option("--faults", is_flag=True, help="Name what did not come to what it should.")
def table(runs: tuple[Path, ...], data: Path, faults: bool) -> None:
    """Show the table of runs that there are."""
    _show(runs, data, faults)


def _show(runs: Iterable[Path], data: Path, faults: bool = False) -> None:
    found = [scores.read(path, data) for path in runs]
    click.echo(scores.table(found))
    if faults:
        click.echo("\n".join(map(scores.faults, found)))


if __name__ == "__main__":
    try:
        main(prog_name="python -m course.benchmark")
    except (FileNotFoundError, ValueError) as error:
        sys.exit(f"Error: {error}")
