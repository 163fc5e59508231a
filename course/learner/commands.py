"""`llm-basics lab` and `solution`: a learner's way into the course."""

from __future__ import annotations

import sys

import click

from course.authoring.exercises import exercise_of
from course.learner.install import mend
from course.learner.installation import missing_packages
from course.learner.lab import open_lab
from course.learner.work import ROOT, fill_and_report


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTERLAB'S OPTIONS]...")
def lab(options: tuple[str, ...]) -> None:
    """Open JupyterLab on your copies of lessons and exercises, in work/.

    What the installation lacks, such as a trained model, is installed first. Options are handed
    on to JupyterLab: --no-browser, --port=9999.
    """
    missing = missing_packages()
    if missing:
        mend(sys.executable, missing)
    fill_and_report()
    open_lab(options)


@click.command()
@click.argument("exercise", required=False)
def solution(exercise: str | None) -> None:
    """Put the solution of EXERCISE beside your own copy, in work/.

    EXERCISE is a name or how it begins: 1-attention, or 1."""
    known = [path.stem for path in sorted(ROOT.glob("solutions/*.ipynb"))]
    if not known:
        raise click.ClickException("This copy of the course has no solutions.")
    if exercise is None:
        raise click.UsageError(f"Which exercise? One of {', '.join(known)}")
    try:
        fill_and_report(exercise_of(exercise, known))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
