"""What a test cell can end in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nbexaminer.message import NO_MESSAGE, Message


class Outcome(StrEnum):
    """How one test cell ended. Only `PASSED`, and `ACCEPTED` by decision, earn points."""

    PASSED = "passed"
    FAILED = "failed"
    """The test says that the answer is wrong."""
    ERROR = "error"
    """The answer raised an exception that the test does not expect, or is not defined."""
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"
    """The learner's process ended."""
    NOT_RUN = "not run"
    """The notebook had no time left, or had ended its process too often."""
    MALFORMED = "malformed"
    """The submission can't be read."""
    DROPPED = "dropped"
    """The instructor dropped the question: it is worth 0 points now, and isn't run."""
    ACCEPTED = "accepted"
    """The instructor dropped the question and gives everybody its points; it isn't run."""


COST_NOTHING = (Outcome.PASSED, Outcome.DROPPED, Outcome.ACCEPTED)
"""How a test cell ends that takes no points away."""


@dataclass(frozen=True)
class Verdict:
    """One test cell of one submission.

    cell: its grade id.
    points: the points that it earned, all of `max_points` or none.
    message: what the learner is told; without a headline for a test that passed.
    """

    cell: str
    outcome: Outcome
    points: float
    max_points: float
    message: Message = NO_MESSAGE

    @classmethod
    def of(
        cls, cell: str, outcome: Outcome, max_points: float, message: Message = NO_MESSAGE
    ) -> Verdict:
        """The verdict with the points that `outcome` earns."""
        points = max_points if outcome in COST_NOTHING else 0.0
        return cls(cell, outcome, points, max_points, message)
