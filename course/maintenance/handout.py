"""The course as a class gets it: `llm-basics handout`.

What belongs into it is listed in `docs/hub/for-learners`, in patterns of .gitignore.
"""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import click

from course.authoring.exercises import ROOT

LIST = ROOT / "docs" / "hub" / "for-learners"
FOLDER = "llm-basics"


def handed_out() -> list[str]:
    """The files of a class's copy, as paths below the course's folder: of what git has.

    Raises:
        subprocess.CalledProcessError: this is no clone.
    """
    command = ["git", "ls-files", "--cached", "--ignored", f"--exclude-from={LIST}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()


@click.command()
@click.argument(
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("llm-basics-for-learners.zip"),
)
def handout(file: Path) -> None:
    """Write the course without its solutions, to hand out to a class.

    FILE is a zip, llm-basics-for-learners.zip unless you say otherwise. Left out are solutions,
    mark schemes, the notebooks with hidden tests, and the answers that prove the tests."""
    try:
        paths = handed_out()
    except (FileNotFoundError, subprocess.CalledProcessError):
        raise click.ClickException(
            f"git doesn't know which files of {ROOT} belong to the course: a handout is made "
            "from a clone, with git installed"
        ) from None
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in paths:
            packed.write(ROOT / path, f"{FOLDER}/{path}")
    click.echo(f"{file}: {len(paths)} files, {file.stat().st_size / 1e6:.1f} MB")
