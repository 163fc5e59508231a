"""What the tests of this room share."""

import dataclasses
from collections.abc import Iterator

import pytest

from nbexaminer.judging.session.engine import Engine
from nbexaminer.sandbox.view import Sandbox
from support.forked import forked_engine
from support.notebooks import LIMITS
from support.profile import PROFILE, SMALL

PATIENT = dataclasses.replace(
    LIMITS, cell_wall_seconds=60.0, cell_cpu_seconds=30.0, notebook_wall_seconds=120.0
)


@pytest.fixture(scope="session")
def tight_engine() -> Iterator[Engine]:
    """A warm engine with tight limits, for tests of what happens when they are passed."""
    with Engine(PROFILE, Sandbox.find(PROFILE), LIMITS) as engine:
        yield engine


@pytest.fixture(scope="session")
def engine(tight_engine: Engine) -> Engine:
    return tight_engine


@pytest.fixture(scope="session")
def patient_engine() -> Iterator[Engine]:
    """A warm engine for tests that are about no limit of time: a busy machine fails none. It runs
    tests in both ways, and has no PyTorch: to fork a process that has it takes three times as long.
    """
    profile = dataclasses.replace(SMALL, warm=("numpy", "pandas"))
    with Engine(profile, Sandbox.find(profile), PATIENT) as engine:
        yield engine


@pytest.fixture(scope="session")
def drawing_engine() -> Iterator[Engine]:
    """One whose processes have Matplotlib, which takes each of them seconds to import."""
    profile = dataclasses.replace(SMALL, warm=("matplotlib.pyplot",))
    with Engine(profile, Sandbox.find(profile), PATIENT) as engine:
        yield engine


@pytest.fixture(scope="session")
def apart_engine() -> Iterator[Engine]:
    """The same that runs tests apart from the answers alone, as the course on this lot does."""
    with Engine(PROFILE, Sandbox.find(PROFILE), PATIENT) as engine:
        yield engine


@pytest.fixture(scope="module", params=["sandboxed", "forked"])
def each_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One in the sandbox, and one whose lines coverage sees."""
    if request.param == "sandboxed":
        yield request.getfixturevalue("apart_engine")
        return
    with forked_engine(PATIENT) as forked:
        yield forked
