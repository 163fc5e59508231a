"""`llm-basics my-llm`: the program made of one's own answers."""

from __future__ import annotations

from pathlib import Path

import click

from course.learner.points import WORK


@click.command("my-llm")
@click.option(
    "--complete/--no-complete",
    default=None,
    help="Whether our answers stand in for all that isn't yours, from now on.",
)
@click.option("--work", type=click.Path(path_type=Path), default=WORK, help="Your notebooks.")
def my_llm(complete: bool | None, work: Path) -> None:
    """Make a program of your own answers, work/my_llm, or bring it up to date.

    An answer goes in as you wrote it once the tests that you see pass. In exercises that you have
    gone past, ours stand in for what's missing, marked as not yet yours."""
    from course.learner.my_llm.place import Busy
    from course.learner.my_llm.update import update

    if not work.exists():
        raise click.ClickException(f"{work} is not there yet: `llm-basics lab` makes and fills it")
    try:
        made = update(work, complete=complete)
    except Busy as busy:
        raise click.ClickException(str(busy)) from None
    for line in made.lines():
        click.echo(line)
    click.echo(f"What it can do, and whose it is: {work / 'my_llm' / 'README.md'}")
