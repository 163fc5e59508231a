"""What stock nbgrader gives: its own steps, in a kernel of the environment's.

That is other people's code, so it runs in bubblewrap, without a network, and can write nowhere but
in a folder in memory. `python -m public_courses.stock FOLDER` is what runs in there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Points = Mapping[str, float | None]
"""By test cell; None where it ended without a grade."""
CELL_SECONDS = 20
LONGEST_SECONDS = 90
"""That a notebook is waited for."""


def measured(bwrap: str, notebooks: Sequence[str], folder: Path) -> list[tuple[Points, str]]:
    """What each notebook's test cells get, and its first error; nothing where it took too long.

    folder: in which they lie, with what is beside them.
    """
    found: list[tuple[Points, str]] = []
    command = [
        bwrap, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
        "--tmpfs", "/dev/shm", "--ro-bind", str(folder), "/tmp/given", "--unshare-all",
        "--die-with-parent", "--setenv", "HOME", "/tmp", "--chdir", "/tmp",
        sys.executable, "-m", f"{__package__}.stock", "/tmp/given",
    ]  # fmt: skip
    while left := notebooks[len(found) :]:
        try:
            asked, seconds = json.dumps(left).encode(), LONGEST_SECONDS * len(left)
            done = subprocess.run(command, input=asked, capture_output=True, timeout=seconds)
            out, why = done.stdout, done.stderr.decode(errors="replace")[-300:]
        except subprocess.TimeoutExpired as late:
            out, why = late.stdout or b"", "it took too long"
        found += [tuple(json.loads(line)) for line in out.splitlines() if line.endswith(b"]")]
        if len(found) < len(notebooks):  # that one ended what runs them
            found.append(({}, why))
    return found


def graded(text: str, folder: Path) -> tuple[Points, str]:
    """The same of one notebook, here."""
    import nbformat
    from nbclient.exceptions import DeadKernelError
    from nbgrader.preprocessors import Execute, LimitOutput
    from nbgrader.utils import determine_grade

    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    resources = {"metadata": {"path": str(folder)}}
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


def is_test(cell: Any) -> bool:
    """Whether it is a test cell with points."""
    told = cell["metadata"].get("nbgrader") or {}
    is_asked = told.get("grade") and not told.get("solution") and told.get("points")
    return bool(is_asked and cell["cell_type"] == "code")


def main() -> None:
    """Measure the notebooks that come on standard input; a line of JSON for each."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    for text in json.load(sys.stdin):
        with tempfile.TemporaryDirectory() as place:
            folder = shutil.copytree(sys.argv[1], Path(place) / "given", symlinks=True)
            print(json.dumps(graded(text, folder)), file=answers, flush=True)


if __name__ == "__main__":
    main()
