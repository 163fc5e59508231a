"""Makes the course's code and trained models usable in Google Colab; nothing else runs it.

The first cell of each lesson and exercise clones the course there and runs this file. Colab's own
packages stay as they are, PyTorch above all: only what is not there at all is installed, and
without what it asks for. Running it again changes nothing.
"""

import importlib
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {"jupyterlab", "nbval", "nbexaminer"}
"""What has no use in Colab: it is a notebook server itself, and nothing is graded there."""
ASKED_FOR = ["rapidfuzz", "setuptools", "psygnal"]
"""What nbgrader and anywidget import, of all that they ask for, and Colab may lack."""


def missing(root: Path = ROOT) -> list[str]:
    """The requirements of the course in `root` that no installed package meets, in any version."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*settings["project"]["dependencies"], *ASKED_FOR]
    wanted = [line for line in wanted if _name(line) not in LEFT_OUT]
    return [
        line.partition(";")[0].strip()
        for line in [*wanted, *settings["dependency-groups"]["weights"]]
        if not _is_here(_name(line))
    ]


def make_usable(root: Path = ROOT) -> None:
    """Install what is missing, and let notebooks import the course that lies in `root`.

    Raises:
        RuntimeError: pip could not install something; it has said why.
    """
    packages = missing(root)
    if packages:
        print(f"Installing {', '.join(map(_name, packages))}: about 0.2 GB, a minute.")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        if subprocess.run([*pip, *packages], check=False).returncode != 0:
            raise RuntimeError("pip could not install this: run the cell again")
        importlib.invalidate_caches()
    # `own` reads notebooks as the grader does, which lies in the same clone.
    for folder in (str(root / "grader" / "src"), str(root)):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    # Lessons know what lies beside them from the folder of the learner's copies.
    work = root / "work"
    work.mkdir(exist_ok=True)
    os.chdir(work)
    print("✓ The course is here. To keep what you write: File → Save a copy in Drive.")


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def _is_here(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    make_usable()
