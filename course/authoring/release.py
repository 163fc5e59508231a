"""Make release/ from source/."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from course.authoring.exercises import ROOT


def release(exercise: str, into: Path) -> Path:
    """Let nbgrader generate the learners' version of `exercise` into the folder `into`.

    The gradebook is left alone; `nbgrader generate_assignment` is for the instructor's own.

    Raises:
        RuntimeError: nbgrader refused the source notebook; its log says why.
    """
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", exercise]
    command += ["--force", "--no-db", f"--CourseDirectory.release_directory={into}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"nbgrader does not generate {exercise}:\n{ran.stderr}")
    return into / exercise / f"{exercise}.ipynb"
