"""What the tests of this room share."""

import dataclasses
from collections.abc import Iterator

import pytest

from nbexaminer.examination.engine import Engine
from nbexaminer.sandbox.view import Sandbox
from support.forked import forked_engine
from support.notebooks import LIMITS
from support.profile import PROFILE


@pytest.fixture(scope="session")
def tight_engine() -> Iterator[Engine]:
    """A warm engine with tight limits, for tests of what happens when they are passed."""
    with Engine(PROFILE, Sandbox.find(PROFILE), LIMITS) as engine:
        yield engine


@pytest.fixture(scope="session")
def engine(tight_engine: Engine) -> Engine:
    return tight_engine


@pytest.fixture(scope="module", params=["sandboxed", "forked"])
def each_engine(request: pytest.FixtureRequest, tight_engine: Engine) -> Iterator[Engine]:
    """One in the sandbox, and one whose lines coverage sees."""
    if request.param == "sandboxed":
        yield tight_engine
        return
    # Code that is measured is slower.
    limits = dataclasses.replace(LIMITS, cell_wall_seconds=8.0, cell_cpu_seconds=8.0)
    with forked_engine(limits) as forked:
        yield forked
