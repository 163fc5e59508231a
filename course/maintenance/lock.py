"""`llm-basics lock`: make requirements.lock, the exact versions of all packages with their hashes.

It holds for every platform and every supported Python. What the trained models' packages ask for is
left out (`[tool.uv]` in pyproject.toml). Versions that the lock has stay as long as they fit.
"""

from __future__ import annotations

import subprocess

import click

from course.authoring.exercises import ROOT
from course.learner.install import GROUPS, HOW_TO_GET_ALL, LOCK


@click.command()
@click.option("--upgrade", is_flag=True, help="Take the newest versions that fit.")
@click.option("--upgrade-package", "packages", multiple=True, help="Take the newest of this one.")
def main(upgrade: bool, packages: tuple[str, ...]) -> None:
    """Make requirements.lock anew from pyproject.toml, with uv."""
    try:
        from uv import find_uv_bin
    except ModuleNotFoundError:
        raise click.ClickException(f"uv is not installed: {HOW_TO_GET_ALL}") from None
    groups = [word for name in ("weights", "lock", *GROUPS["tests"]) for word in ("--group", name)]
    newer = [word for name in packages for word in ("--upgrade-package", name)]
    command = [find_uv_bin(), "pip", "compile", "pyproject.toml", "--universal", "--all-extras"]
    command += ["--no-emit-package", "nbexaminer"]
    command += [*groups, *newer, *(["--upgrade"] if upgrade else [])]
    command += ["--generate-hashes", "--no-annotate", "--no-emit-index-url", "--quiet"]
    command += ["--custom-compile-command", "llm-basics lock", "--output-file", LOCK]
    ended = subprocess.run(command, cwd=ROOT)
    if ended.returncode:
        raise click.ClickException(f"uv could not make {LOCK}; what it said stands above")
