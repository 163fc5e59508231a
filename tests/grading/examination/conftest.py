"""What the tests of this room share."""

from collections.abc import Iterator

import pytest

from grading.examination.engine import Engine
from grading.sandbox.view import Sandbox
from support.notebooks import LIMITS


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A warm engine with tight limits, for tests of what happens when they are passed."""
    with Engine(Sandbox.find(), LIMITS) as engine:
        yield engine
