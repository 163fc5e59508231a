"""How the course's tests run: those that wait long apart, and the longest of them first."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.running import (  # noqa: F401  pytest looks for hooks and fixtures here
    engine,
    longest_first,
    place_in,
    pytest_collection,
    pytest_configure,
    pytest_runtest_call,
    pytest_runtest_setup,
)

TESTS = Path(__file__).parent
LONG = ("course/authoring/test_new_exercise.py", "course/maintenance", "browser")
"""What takes a browser, a server or minutes, and begins first: else a core waits for it at the end.
Single tests that wait long, for a time limit or a large model, carry the mark themselves."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the long tests, and all notebooks; put the longest first."""
    longest_first(items, TESTS, LONG)
    for item in items:
        if item.path.suffix == ".ipynb" or place_in(TESTS, item).startswith(LONG):
            item.add_marker(pytest.mark.long)
