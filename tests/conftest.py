"""How the course's tests run: those that wait long apart, and the longest of them first."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from support import kernels, nursery
from support.running import (  # noqa: F401  pytest looks for hooks and fixtures here
    course_engine,
    longest_first,
    place_in,
    pytest_collection,
    pytest_configure,
    pytest_runtest_call,
    pytest_runtest_setup,
)

pytest.register_assert_rewrite("explored")
nursery.warm(*nursery.NBGRADER, *nursery.NOTEBOOKS)
kernels.fork_them()

TESTS = Path(__file__).parent
LONG = (
    "checks/test_answers.py", "browser", "course/maintenance", "checks/test_hidden_cases.py",
    "course/authoring/test_new_exercise.py", "course/authoring/test_adapt.py",
)  # fmt: skip
"""What takes a browser, a server or minutes, and begins first: else a core waits for it at the end.
Single tests that wait long, for a time limit or a large model, carry the mark themselves."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the long tests, and all notebooks; put the longest first."""
    longest_first(items, TESTS, LONG)
    items.sort(key=_writes_with_a_large_model, reverse=True)
    for item in items:
        if item.path.suffix == ".ipynb" or place_in(TESTS, item).startswith(LONG):
            item.add_marker(pytest.mark.long)


def _writes_with_a_large_model(item: pytest.Item) -> bool:
    """Whether a notebook does what takes most of a minute: it begins before all others."""
    return item.path.suffix == ".ipynb" and "load_smollm2" in _text(item.path)


@functools.cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
