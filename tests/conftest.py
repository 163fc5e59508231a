"""What all tests share: a warm engine, and which tests are long."""

import gc
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

import nbexaminer.lean_imports  # noqa: F401  before nbformat, which is then imported in a second less
from course.authoring.exercises import ROOT
from nbexaminer.examination.engine import Engine, engine_for
from nbexaminer.sandbox.limits import Limits
from nbexaminer.sandbox.view import SandboxUnavailable

# Asserts in tests/support say what they compared.
pytest.register_assert_rewrite("support")

LONG = (
    "course/authoring/test_new_exercise.py",
    "browser",
    "grading/classroom",
    "grader/src/nbexaminer/examination/test_both_sides.py",
    "grading/nbgrader_plugins",
    "grading/sandbox",
    "grading/test_",
    "tools",
)
"""What takes a browser, a server, or nbgrader's own slow commands. Single tests that wait long, for
a time limit or a large model, carry the mark themselves."""
LONGEST = (
    "course/authoring/test_new_exercise.py",
    "browser",
    "grading/classroom",
    "grading/sandbox",
    "grading/test_attacks.py",
    "tools",
)
"""What takes most of a minute, and begins first: else a core waits for it at the end."""
NOT_ON_WINDOWS = (
    "grading/classroom", "grading/examination", "grading/nbgrader_plugins", "grading/platforms",
    "grading/sandbox", "grading/submission/test_intake.py", "grading/test_",
)  # fmt: skip
"""What takes links, accounts, pipes or forks as Windows has none. What a learner's own score reads
is tested there too."""
SAMPLE = (
    "files-read-gradebook", "network-tcp", "resources-open-files", "output-says-passed",
    "kernel-os-exit", "tampering-patched-allclose", "leakage-imports-the-reference",
    "structure-edited-tests", "transport-forged-answer", "honest-noisy",
)  # fmt: skip
"""An attack of each area, which `make test` tries too."""


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
    from support import kernels

    if not hasattr(config, "workerinput"):
        kernels.keep_sockets_together(config)
    kernels.use_sockets()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the long tests, and all notebooks; put the longest first."""
    tests = Path(__file__).parent

    def begins_later(item: pytest.Item) -> bool:
        within = item.path.is_relative_to(tests)
        return not (within and item.path.relative_to(tests).as_posix().startswith(LONGEST))

    items.sort(key=begins_later)
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.long)
            continue
        place = item.path.relative_to(tests).as_posix()
        if sys.platform == "win32" and place.startswith(NOT_ON_WINDOWS):
            item.add_marker(pytest.mark.skip("classes are graded on Linux and macOS"))
        sampled = item.name.startswith("test_an_attack_") and any(
            f"[{name}]" in item.name for name in SAMPLE
        )
        if place.startswith(LONG) and not sampled:
            item.add_marker(pytest.mark.long)


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
def engine() -> Engine:
    """A warm engine with ordinary limits, which takes seconds to start; no test changes it. It is
    also the one of commands that grade in this process, or in one forked from it."""
    return engine_for(False, Limits(), ROOT)
