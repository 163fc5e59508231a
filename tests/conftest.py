"""What all tests share."""

from collections.abc import Iterator

import pytest

from authoring.exercises import ROOT
from grading.examination.engine import Engine
from grading.sandbox.view import Sandbox

# Asserts in tests/support say what they compared.
pytest.register_assert_rewrite("support")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A warm engine with ordinary limits; it takes seconds to start, and grading leaves no trace."""
    with Engine(Sandbox.find([ROOT])) as engine:
        yield engine
