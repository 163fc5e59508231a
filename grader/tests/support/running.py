"""How the tests of both houses run: without a sandbox, with which kernels, in which order."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

import nbexaminer.startup  # noqa: F401  before nbformat, which is then imported in a second less
from course.authoring.exercises import ROOT
from nbexaminer.errors import SandboxUnavailable
from nbexaminer.judging.session.engine import Engine, Terms, engine_for
from support import kernels
from support.profile import PROFILE


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Skip what grades where learners' code can't be graded."""
    return (yield from _where_there_is_a_sandbox())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Skip tests that ask for a sandbox themselves."""
    return (yield from _where_there_is_a_sandbox())


def _where_there_is_a_sandbox() -> Generator[None, object, object]:
    try:
        return (yield)
    except SandboxUnavailable:
        if sys.platform == "linux":
            raise
        pytest.skip("grades learners' code, and the sandbox for that needs Linux")


def pytest_configure(config: pytest.Config) -> None:
    """Have kernels listen on sockets, whose folder the first process makes."""
    if not hasattr(config, "workerinput"):
        kernels.keep_sockets_together(config)
    kernels.use_sockets()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays: no search for garbage goes through it, now or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def course_engine() -> Engine:
    """The course's warm engine with ordinary limits, which takes seconds to start; no test changes
    it. It is also the one of commands that grade in this process, or in one forked from it."""
    return engine_for(Terms(PROFILE), ROOT)


def place_in(tests: Path, item: pytest.Item) -> str:
    """Where a test's file stands below `tests`, or nothing where it doesn't."""
    within = item.path.is_relative_to(tests)
    return item.path.relative_to(tests).as_posix() if within else ""


def longest_first(items: list[pytest.Item], tests: Path, longest: tuple[str, ...]) -> None:
    """Put first, in that order, files below `tests` whose places begin with one of `longest`."""

    def rank(item: pytest.Item) -> int:
        place = place_in(tests, item)
        return next((i for i, start in enumerate(longest) if place.startswith(start)), len(longest))

    items.sort(key=rank)
