"""Commands run in a process forked from one that has imported nbgrader, which takes seconds."""

from __future__ import annotations

import importlib
import os
import random
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click
from click.testing import CliRunner

from nbexaminer.judging.session.engine import Engine, Terms, engines
from support.nursery import forked


def invoked(command: click.Command, *arguments: str) -> tuple[int, str]:
    """The status of a command in this process, and what it prints; a mistake in it comes out."""
    ran = CliRunner(env={"COLUMNS": "1000"}).invoke(command, arguments, catch_exceptions=False)
    return ran.exit_code, ran.output


def run_forked(
    *command: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 300,
    one_core: bool = False,
    own_engine: bool = False,
) -> subprocess.CompletedProcess[str]:
    """What `python -m <command>` does and says in the folder `cwd`, soon.

    one_core: so that the class command has one worker, whose start takes seconds.
    own_engine: so that it starts one, as at an instructor's, which takes seconds. Else it uses
        those of this process, as the class command's workers use its own; where none with the same
        limits runs here, it starts one all the same.

    Raises:
        subprocess.TimeoutExpired: it took longer than `timeout` seconds, and was killed.
    """
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder, "stdout"), Path(folder, "stderr")
        shared = {} if own_engine else dict(engines)
        process = forked(
            _run, command, one_core, shared, cwd=cwd, env={**os.environ, **(env or {})}, said=said
        )
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command, timeout)
        out, err = (path.read_text() for path in said)
    return subprocess.CompletedProcess(command, process.exitcode, out, err)


def _run(command: tuple[str, ...], one_core: bool, shared: dict[Terms, Engine]) -> None:
    if one_core:
        os.sched_setaffinity(0, [random.choice([*os.sched_getaffinity(0)])])
    sys.argv = [*command]
    importlib.import_module("support.alembic_head")
    importlib.import_module("support.kernels").use_sockets()
    engines.update(shared)
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)
