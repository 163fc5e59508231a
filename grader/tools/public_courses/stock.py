"""What stock nbgrader gives: its own steps, in a kernel of the environment's.

That is other people's code, so it runs in bubblewrap, without a network, and can write nowhere but
in a folder in memory. `python -m public_courses.stock` is what runs in there.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Points = Mapping[str, float | None]
"""By test cell; None where it ended without a grade."""
CELL_SECONDS = 20
LONGEST_SECONDS = 120
"""That a notebook is waited for."""


class Stock:
    """A process that measures; folder: in which all notebooks lie."""

    def __init__(self, bwrap: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        command = [
            bwrap, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
            "--tmpfs", "/dev/shm", "--ro-bind", str(folder), str(folder), "--unshare-all",
            "--die-with-parent", "--setenv", "HOME", "/tmp", "--chdir", "/tmp",
            sys.executable, "-m", f"{__package__}.stock",
        ]  # fmt: skip
        pipe, log = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, text=True)

    def measured(self, notebook: str, folder: Path, fresh: bool = False) -> tuple[Points, str]:
        """What its test cells get, and its first error; no points where it took too long.

        folder: what lies beside it. fresh: start a kernel anew, instead of forking one that has
        imported NumPy and pandas.
        """
        assert self._process.stdin and self._process.stdout
        print(json.dumps([notebook, str(folder), fresh]), file=self._process.stdin, flush=True)
        points, error = json.loads(self._process.stdout.readline())
        return points, error


class _Kernel(subprocess.Popen[bytes]):
    """A kernel, forked before its connection file is known."""

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        self.args, self.stdin, self.stdout, self.stderr = [], None, None, None
        self.returncode: int | None = None  # type: ignore[assignment]
        self._child_created, self._waitpid_lock = True, threading.Lock()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._writing)
            os.setsid()
            os.environ["JPY_PARENT_PID"] = str(os.getppid())
            with os.fdopen(reading) as pipe:
                file, folder = json.load(pipe)
            import numpy as np
            from ipykernel.kernelapp import IPKernelApp

            os.chdir(folder)
            random.seed()
            np.random.seed()
            IPKernelApp.launch_instance(argv=["-f", file])
            os._exit(0)

    def launch(self, command: list[str], cwd: str = "", **_: Any) -> _Kernel:
        """What jupyter_client calls to have a kernel."""
        with os.fdopen(self._writing, "w") as pipe:
            json.dump([command[command.index("-f") + 1], cwd], pipe)
        return self


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


def is_test(cell: Any) -> bool:
    """Whether it is a test cell with points."""
    told = cell["metadata"].get("nbgrader") or {}
    is_asked = told.get("grade") and not told.get("solution") and told.get("points")
    return bool(is_asked and cell["cell_type"] == "code")


def _in_a_process(text: str, given: str, fresh: bool) -> tuple[Points, str]:
    """So that nothing of one notebook's is left for the next."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.setsid()
            if not fresh:
                from jupyter_client.provisioning import local_provisioner

                local_provisioner.launch_kernel = _Kernel().launch  # type: ignore[assignment]
            with tempfile.TemporaryDirectory() as place:
                folder = shutil.copytree(given, Path(place) / "given", symlinks=True)
                os.write(writing, json.dumps(_graded(text, str(folder))).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read() if select.select([pipe], [], [], LONGEST_SECONDS)[0] else ""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return json.loads(said) if said else ({}, "it took too long, or ended what runs it")


def main() -> None:
    """Measure the notebooks that come on standard input."""
    os.environ |= {
        "NBGRADER_EXECUTION": "autograde",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    for name in ("ipykernel.kernelapp", "nbgrader.preprocessors", "matplotlib", "pandas"):
        __import__(name)
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    for line in requests:
        print(json.dumps(_in_a_process(*json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
