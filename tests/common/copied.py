"""The copy of the course that a class gets: what `docs/hub/for-learners` lists, of what git has."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from course.authoring.exercises import ROOT

LIST = ROOT / "docs" / "hub" / "for-learners"


def listed() -> list[str]:
    """The files of the copy, as paths below the course's folder."""
    command = ["git", "ls-files", "--cached", "--ignored", f"--exclude-from={LIST}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()


def copy_into(folder: Path) -> None:
    """Make the copy."""
    for path in listed():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
