"""`llm-basics test`: everything that says whether the course is whole."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

import click

from course.authoring.exercises import ROOT
from course.learner.install import HOW_TO_GET_ALL

PYTEST = ("-m", "pytest")
HOUSES = ("tests", "grader/tests")
QUICK = (*PYTEST, "-p", "no:nbval", "-n", "2", "--dist", "worksteal", "-m", "not long", *HOUSES)
LONG = (*PYTEST, "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
"""A file in one process, since what its tests share takes seconds to make; the conftest.py of each
house has the longest first."""
NOTEBOOKS = ("-m", "long", "--nbval", *HOUSES, "solutions", "notebooks")
COVERED = ("grader/tests", "--ignore-glob=grader/tests/test_*", "--cov=nbexaminer")
COVERAGE = ("--cov-report=term:skip-covered", "--cov-fail-under=90")


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--long", is_flag=True, help="The rest: browsers, servers, attacks, all notebooks.")
@click.option("--coverage", is_flag=True, help="With --long: what the grader's own tests reach.")
@click.option("--tests-only", is_flag=True, help="Without format, lint, types and sources.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST'S OPTIONS]...")
def test(long: bool, coverage: bool, tests_only: bool, options: tuple[str, ...]) -> None:
    """Check the course: format, lint, types, sources, and the tests that take no server.

    That takes minutes. Options are handed on to pytest: -k softmax, -x.
    """
    if importlib.util.find_spec("xdist") is None:
        raise click.ClickException(f"the tests' packages are not installed: {HOW_TO_GET_ALL}")
    if long:
        failed = _long_tests(coverage, options)
    elif tests_only:
        failed = _python(*QUICK, *options)
    else:
        failed = _lint() or _beside_types_and_sources(options)
    sys.exit(failed)


def _lint() -> int:
    return _python("-m", "ruff", "format", "--check", ".") or _python("-m", "ruff", "check", ".")


def _beside_types_and_sources(options: Sequence[str]) -> int:
    """Run the quick tests, and what a process of its own says of types and sources after them."""
    click.echo("Types and sources are checked beside the tests; what that says comes after them.")
    with tempfile.TemporaryFile("w+") as text:
        beside = [
            subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=text, stderr=text)
            for command in (("-m", "mypy"), ("-m", "course", "check-sources"))
        ]
        failed = _python(*QUICK, *options)
        others = [process.wait() for process in beside]
        text.seek(0)
        click.echo(text.read(), nl=False)
    return failed or any(others)  # what a signal ended has a negative status


def _long_tests(coverage: bool, options: Sequence[str]) -> int:
    """Run the long tests; those of the grader's rooms in a run of their own if it is measured."""
    rooms = ("--ignore-glob=grader/tests/*/*",) if coverage else ()
    failed = _python(*LONG, *NOTEBOOKS, *rooms, *options, settings={"TRAINING_STEPS": "20"})
    if coverage:
        failed = failed or _python(*LONG, *COVERED, *COVERAGE, *options)
    return failed


def _python(*arguments: str, settings: Mapping[str, str] | None = None) -> int:
    """Run Python with `arguments` in the course's folder, and give how it ended.

    PyTorch has one thread, since several processes share the cores.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **(settings or {})}
    sys.stdout.flush()
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment).returncode
