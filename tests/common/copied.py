"""The copy of the course that a class gets, as a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from course.authoring.exercises import ROOT
from course.maintenance.handout import handed_out


def copy_into(folder: Path) -> None:
    """Make the copy."""
    for path in handed_out():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
