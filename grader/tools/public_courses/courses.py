"""Which public assignments there are, and how each is laid out in a folder."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path, PurePosixPath
from typing import NamedTuple

LIST = Path(__file__).with_name("courses.tsv")


class NotThere(Exception):
    """An assignment can't be had; says why."""


class Assignment(NamedTuple):
    """A source notebook of a public repository, as it is at a commit."""

    repository: str
    commit: str
    path: str

    @property
    def name(self) -> str:
        """What results and `--only` know it by."""
        return f"{self.repository}:{self.path}"


def read_list(only: str) -> list[Assignment]:
    """The assignments of the list whose name has `only` in it."""
    with LIST.open(newline="") as lines:
        found = [Assignment(**row) for row in csv.DictReader(lines, delimiter="\t")]
    return [assignment for assignment in found if only in assignment.name]


def checked_out(one: Assignment, mirrors: Path | None, into: Path) -> Path:
    """The notebook, in a folder with all that lies beside it. Raises NotThere.

    mirrors: a folder of git directories, as `owner+name/repo`, or None to clone each repository.
    """
    name, inside = one.repository.replace("/", "+"), PurePosixPath(one.path)
    notebook = into / name / inside
    if not notebook.exists():
        at = mirrors / name / "repo" if mirrors else into / "git" / name
        if not at.exists():
            _run("git", "clone", "--quiet", "--bare", f"https://github.com/{one.repository}", at)
        git = at / ".git" if (at / ".git").exists() else at
        tree = f"{one.commit}:{'' if str(inside.parent) == '.' else inside.parent}"
        archive = _run("git", "--git-dir", git, "archive", tree)
        notebook.parent.mkdir(parents=True, exist_ok=True)
        _run("tar", "-x", "-C", notebook.parent, given=archive)
    return notebook


def _run(*command: str | Path, given: bytes = b"") -> bytes:
    done = subprocess.run(command, input=given, capture_output=True)
    if done.returncode:
        raise NotThere(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.stdout
