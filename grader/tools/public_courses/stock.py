"""What stock nbgrader gives: its own steps, in a kernel of the environment's.

That is other people's code, so it runs in bubblewrap, without a network, and can write nowhere but
in a folder in memory. `python -m public_courses.stock` is what runs in there.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Points = Mapping[str, float | None]
"""By test cell; None where it ended without a grade."""
CELL_SECONDS = 30
LONGEST_SECONDS = 120
"""That a notebook is waited for."""


class Stock:
    """A process that measures; folder: in which all notebooks lie."""

    def __init__(self, bwrap: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._command = [
            bwrap, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
            "--tmpfs", "/dev/shm", "--ro-bind", str(folder), str(folder), "--unshare-all",
            "--die-with-parent", "--setenv", "HOME", "/tmp", "--chdir", "/tmp",
            sys.executable, "-m", f"{__package__}.stock",
        ]  # fmt: skip
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        pipe, log = subprocess.PIPE, subprocess.DEVNULL
        return subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=log)

    def measured(self, notebook: str, folder: Path) -> tuple[Points, str]:
        """What its test cells get, and its first error; no points where it took too long.

        folder: what lies beside it.
        """
        asked, said = self._process.stdin, self._process.stdout
        assert asked and said
        asked.write(json.dumps([notebook, str(folder)]).encode() + b"\n")
        asked.flush()
        ready = select.select([said], [], [], LONGEST_SECONDS)[0]
        if line := said.readline() if ready else b"":
            points, error = json.loads(line)
            return points, error
        self._process.kill()
        self._process.wait()
        self._process = self._started()
        return {}, "it took too long, or ended what runs it"


def is_test(cell: Any) -> bool:
    """Whether it is a test cell with points."""
    told = cell["metadata"].get("nbgrader") or {}
    is_asked = told.get("grade") and not told.get("solution") and told.get("points")
    return bool(is_asked and cell["cell_type"] == "code")


def _graded(text: str, folder: str) -> tuple[Points, str]:
    import nbformat
    from nbclient.exceptions import DeadKernelError
    from nbgrader.preprocessors import Execute, LimitOutput
    from nbgrader.utils import determine_grade

    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    resources = {"metadata": {"path": folder}}
    tests = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if is_test(cell)]
    try:
        notebook, _ = Execute(timeout=CELL_SECONDS).preprocess(notebook, resources)
        notebook, _ = LimitOutput().preprocess(notebook, resources)
        points = [determine_grade(cell)[0] for cell in notebook.cells if is_test(cell)]
    except (DeadKernelError, ValueError) as error:  # the latter of a score above the points
        return dict.fromkeys(tests), f"{type(error).__name__}: {error}"[:300]
    outputs = (out for cell in notebook.cells for out in cell.get("outputs", ()))
    errors = [f"{out.ename}: {out.evalue}" for out in outputs if out.output_type == "error"]
    return dict(zip(tests, points, strict=True)), "".join(errors[:1])[:300]


def main() -> None:
    """Measure the notebooks that come on standard input; a line of JSON for each."""
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    for text, given in map(json.loads, requests):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
            folder = shutil.copytree(given, Path(place) / "given", symlinks=True)
            print(json.dumps(_graded(text, str(folder))), file=answers, flush=True)


if __name__ == "__main__":
    main()
