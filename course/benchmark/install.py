"""Python environments for graders that can't share ours."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

NBGRADER, OTTER = "nbgrader", "otter"
_ALONE = ("--no-deps", "--ignore-installed")  # though the course has it, too
PACKAGES = {NBGRADER: (*_ALONE, "nbgrader==0.9.6"), OTTER: ("otter-grader==7.0.0",)}
_SHARED = "what-the-course-has.pth"


def install(folder: Path) -> None:
    """Make an environment for each grader in a folder; what is there already is made anew.

    PyTorch and the rest that exercises import come from this environment by a .pth file, but not
    our own grader, which is but linked. Raises subprocess.CalledProcessError where pip fails.
    """
    for name, packages in PACKAGES.items():
        there = folder / name
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(there)], check=True)
        python = python_of(folder, name)
        own = _said(python, "import sysconfig; print(sysconfig.get_path('purelib'))")
        (Path(own) / _SHARED).write_text(f"{Path(sysconfig.get_path('purelib')).resolve()}\n")
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)


def python_of(folder: Path, name: str) -> Path:
    """The Python of an environment."""
    return folder / name / "bin" / "python"


def said_by(folder: Path, name: str, package: str) -> str:
    """The version of a package in an environment. Raises FileNotFoundError where there is none."""
    python = python_of(folder, name)
    if not python.exists():
        raise FileNotFoundError(
            f"{folder} has no {name}: make it by `python -m course.benchmark install`"
        )
    return _said(python, f"from importlib.metadata import version; print(version({package!r}))")


def _said(python: Path, code: str) -> str:
    command = [str(python), "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
