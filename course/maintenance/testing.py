"""`llm-basics test`: everything that says whether the course, or its grader, is whole."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from course.authoring.exercises import ROOT
from course.learner.install import HOW_TO_GET_ALL

QUICK = ("-p", "no:nbval", "-n", "2", "--dist", "worksteal", "-m", "not long")
BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder")
"""A file in one process, since what its tests share takes seconds to make; the conftest.py of each
half has the longest first. With more processes than cores they only wait for one another: on two
cores, four take some two minutes longer than two."""
COVERAGE = ("--cov=nbexaminer", "--cov-report=term:skip-covered", "--cov-fail-under=90")


@dataclass(frozen=True)
class House:
    """The course, or its grader: a half of the suite.

    packages: whose types are checked.
    sources: whether there are exercises to be checked.
    long: pytest's arguments for what the quick tests leave out; of the grader for all its tests,
        since what they reach together is measured.
    """

    folder: str
    tests: str
    packages: tuple[str, ...]
    sources: bool
    long: tuple[str, ...]


HOUSES = {
    "course": House(
        ".",
        "tests",
        ("helpers", "reference", "checks", "course"),
        True,
        ("-n", "2", "-m", "long", "--nbval", "tests", "solutions", "notebooks"),
    ),
    "grader": House(
        "grader",
        "grader/tests",
        ("nbexaminer",),
        False,
        ("-n", "2", "-p", "no:nbval", "grader/tests", *COVERAGE),
    ),
}


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--house", type=click.Choice([*HOUSES]), default="course", show_default=True)
@click.option("--long", is_flag=True, help="The rest: browsers, servers, attacks, all notebooks.")
@click.option("--tests-only", is_flag=True, help="Without format, lint, types and sources.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST'S OPTIONS]...")
def test(house: str, long: bool, tests_only: bool, options: tuple[str, ...]) -> None:
    """Check the course: format, lint, types, sources, and the tests that take no server.

    That takes minutes. Options are handed on to pytest: -k softmax, -x.
    """
    if importlib.util.find_spec("xdist") is None:
        raise click.ClickException(f"the tests' packages are not installed: {HOW_TO_GET_ALL}")
    half = HOUSES[house]
    quick, rest = (*QUICK, half.tests, *options), (*BY_FILE, *half.long, *options)
    if tests_only:
        failed = _pytest(*(rest if long else quick))
    elif long and house == "course":
        failed = _pytest(*rest)
    else:
        failed = _lint(half) or _beside_types_and_sources(half, rest if long else quick)
    sys.exit(failed)


def _lint(half: House) -> int:
    formatted = _python("-m", "ruff", "format", "--check", half.folder)
    return formatted or _python("-m", "ruff", "check", half.folder)


def _beside_types_and_sources(half: House, tests: Sequence[str]) -> int:
    """Run the tests, and what a process of its own says of types and sources after them."""
    click.echo("Types and sources are checked beside the tests; what that says comes after them.")
    checks = [("mypy", *(word for package in half.packages for word in ("-p", package)))]
    if half.sources:
        checks.append(("course", "check-sources"))
    with tempfile.TemporaryFile("w+") as text:
        beside = [
            subprocess.Popen([sys.executable, "-m", *check], cwd=ROOT, stdout=text, stderr=text)
            for check in checks
        ]
        failed = _pytest(*tests)
        others = [process.wait() for process in beside]
        text.seek(0)
        click.echo(text.read(), nl=False)
    return failed or any(others)  # what a signal ended has a negative status


def _pytest(*arguments: str) -> int:
    """Run tests, of which none trains for longer than has to be."""
    settings = {"TRAINING_STEPS": "6"}
    if sys.version_info >= (3, 12):  # costs nothing there, but is not the default before 3.14
        settings["COVERAGE_CORE"] = "sysmon"
    return _python("-m", "pytest", *arguments, settings=settings)


def _python(*arguments: str, settings: Mapping[str, str] | None = None) -> int:
    """Run Python with `arguments` in the course's folder, and give how it ended.

    PyTorch has one thread, since several processes share the cores.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **(settings or {})}
    sys.stdout.flush()
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment).returncode
