"""`llm-basics my-llm`: the program made of one's own answers."""

from __future__ import annotations

from pathlib import Path

import click

from course.learner.points import WORK


@click.command("my-llm")
@click.option("--work", type=click.Path(path_type=Path), help="Your notebooks.")
def my_llm(work: Path | None) -> None:
    """Make a program of your own answers, work/my_llm, or bring it up to date.

    An answer goes in as you wrote it once the tests that you see pass. In exercises that you have
    gone past, ours stand in for what's missing, marked as not yet yours."""
    from course.learner.my_llm.update import Busy, update
    from course.learner.work import RECORD

    if work is None:  # in a hub, the course and the notebooks don't lie together
        work = Path.cwd() if Path(RECORD).exists() else WORK
    if not work.exists():
        raise click.ClickException(f"{work} is not there yet: `llm-basics lab` makes and fills it")
    try:
        made = update(work)
    except (Busy, OSError) as error:
        raise click.ClickException(str(error)) from None
    for line in made.lines():
        click.echo(line)
    click.echo(f"What it can do, and whose it is: {work / 'my_llm' / 'README.md'}")
