"""What the grader and its examiner say to each other: JSON objects, in frames of `wire`."""

from __future__ import annotations

from enum import StrEnum
from typing import TypedDict

from grading.submission.graft import Role


class CellToRun(TypedDict):
    """A code cell of the grafted notebook.

    hidden: whether it has hidden tests, of which no error may tell.
    seed: of the random numbers of a test or a locked cell.
    """

    id: str
    role: Role
    code: str
    hidden: bool
    seed: int


class Plan(TypedDict):
    """The grader's first and only order.

    first: index of the first cell whose result is wanted.
    skip: indices of cells not to run again.
    seed: of the learner's own random numbers.
    seconds: what is left for the whole notebook.
    """

    cells: list[CellToRun]
    first: int
    skip: list[int]
    seed: int
    seconds: float


class Do(StrEnum):
    """What an examiner's message is for, its field `do`."""

    SPAWN = "spawn"
    """To get a learner's process: its socket comes back."""
    ALIVE = "alive"
    """To be waited for, while cells run that have been reported on."""
    END = "end"
    """To be told how the learner's process ended: in `ended_by`, an EndedBy, and `said`, in words.
    `closed`: whether it ended by itself, as far as can be seen."""
    CELL = "cell"
    """To report on a cell: `outputs`, `message`, and `outcome`, an Outcome or null for a cell that
    is no test and ran."""
    BROKEN = "broken"
    """To say that the locked cell `cell` fails, with `message`."""
    DONE = "done"
