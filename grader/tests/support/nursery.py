"""Processes that are forked from one that has imported what takes seconds.

That one starts when the first of them is asked for; each process of pytest's has its own.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_FORKSERVER = multiprocessing.get_context("forkserver")
NBGRADER = (
    "nbexaminer.startup",  # first, since it has nbformat imported in a second less
    "nbexaminer.__main__",
    "nbgrader.apps.nbgraderapp",
    *(f"nbexaminer.nbgrader_plugins.{n}" for n in ("autograde", "exchange", "export", "feedback")),
)
"""What nbgrader's commands and the grader's import."""
NOTEBOOKS = ("ipykernel.kernelapp", "torch", "matplotlib.pyplot", "course.__main__")
"""What kernels of the course's notebooks import besides."""


def warm(*modules: str) -> None:
    """Have modules imported before anything is forked: call it before the first process."""
    _FORKSERVER.set_forkserver_preload([*modules])


def forked(
    function: Callable[..., Any],
    *arguments: Any,
    cwd: Path,
    env: Mapping[str, str],
    said: tuple[Path, Path] | None = None,
) -> BaseProcess:
    """A new process, which calls a module's function in the folder `cwd` and ends.

    said: files for what it prints, and for what it writes to standard error.
    """
    process = _FORKSERVER.Process(target=_live, args=(function, arguments, cwd, dict(env), said))
    process.start()
    return process


def _live(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    cwd: Path,
    environment: Mapping[str, str],
    said: tuple[Path, Path] | None,
) -> None:
    for descriptor, path in enumerate(said or (), 1):
        file = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, descriptor)
        os.close(file)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    # A process of multiprocessing ends without what was registered for its end: that of the
    # function is run here, that of the process that it was forked from isn't.
    atexit._clear()
    try:
        function(*arguments)
    finally:
        atexit._run_exitfuncs()
