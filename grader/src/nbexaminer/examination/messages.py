"""What the grader and its examiner say to each other: JSON objects, in frames of `wire`."""

from __future__ import annotations

from enum import StrEnum
from typing import TypedDict

from nbexaminer.notebook.cell import Role


class CellToRun(TypedDict):
    """A code cell of the grafted notebook.

    hidden: whether it has hidden tests, whose inputs no message may tell.
    seed: of the random numbers of a test or a locked cell.
    """

    id: str
    role: Role
    code: str
    hidden: bool
    seed: int


class Plan(TypedDict):
    """The grader's first and only order.

    known: indices of the cells whose results the grader has.
    skip: indices of cells not to run again.
    seed: of the learner's own random numbers.
    seconds: what is left for the notebook and its visible tests.
    hidden_seconds: until when, from now, hidden tests may take.
    """

    cells: list[CellToRun]
    known: list[int]
    skip: list[int]
    seed: int
    seconds: float
    hidden_seconds: float


def order_of_results(cells: list[CellToRun]) -> list[int]:
    """Indices of the cells in the order in which they are reported on: hidden tests come last.

    What a learner's process says is shown only until the first hidden test asks it something.
    """
    return sorted(range(len(cells)), key=lambda index: is_hidden(cells[index]))


def is_hidden(cell: CellToRun) -> bool:
    """Whether it is a test cell of which learners see only a part."""
    return cell["role"] == Role.TEST and cell["hidden"]


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
    """To report on a cell: its `outputs`, a `message` as data, and its `outcome`, an Outcome or
    null for a cell that is no test and ran."""
    BROKEN = "broken"
    """To say that the locked cell `cell` fails, with `message`."""
    DONE = "done"
