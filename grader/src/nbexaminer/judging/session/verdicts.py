"""How a test cell can end, what grader and test runner say of it to each other, and what is kept.

They exchange JSON objects, in frames of `wire`. The grader sends one Plan. What a test runner's
message is for, its field `do` says:

    spawn   to get a learner's process: its socket comes back
    leave   to have the learner's process ended that came last, of those there are; the answer says
            that nothing of it is left
    alive   to be waited for, while cells run that have been reported on
    end     to be told how the learner's process ended: in `ended_by`, an EndedBy, and `words`, in
            words; `closed`: whether it ended by itself, as far as can be seen
    cell    to report on a cell: its `outputs`, a `message` as data, its `outcome`, an Outcome or
            null for a cell that is no test and ran, the `score` of one that ended PARTLY, what the
            last line of a test `ends_in`, in words, its `doubt`, a Doubt or nothing, and whether it
            went `by_word`
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypedDict

from nbexaminer.judging.message import NO_MESSAGE, Message
from nbexaminer.judging.notebook.cell import Role


class Outcome(StrEnum):
    """How one test cell ended. Only `PASSED`, and `ACCEPTED` by decision, earn all its points."""

    PASSED = "passed"
    PARTLY = "partly"
    """The test gives a part of the points, by a number in its last line."""
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


def worth(outcome: Outcome | None, score: float | None) -> float:
    """What a test gives, to be compared: all points are more than any part of them."""
    return math.inf if outcome is Outcome.PASSED else score or 0.0


COST_NOTHING = (Outcome.PASSED, Outcome.DROPPED, Outcome.ACCEPTED)
"""How a test cell ends that takes no points away."""


@dataclass(frozen=True)
class Verdict:
    """One test cell of one submission.

    cell: its grade id.
    points: the points that it earned; of one that ended PARTLY some of `max_points`, else all or
        none.
    message: what the learner is told; without a headline for a test that passed, or partly.
    beside: whether the test ran in the learner's process, so that their code could forge it.
    """

    cell: str
    outcome: Outcome
    points: float
    max_points: float
    message: Message = NO_MESSAGE
    beside: bool = False

    @classmethod
    def of(
        cls,
        cell: str,
        outcome: Outcome,
        max_points: float,
        message: Message = NO_MESSAGE,
        score: float | None = None,
        beside: bool = False,
    ) -> Verdict:
        """The verdict with the points that `outcome` earns; score: those of PARTLY."""
        points = max_points if outcome in COST_NOTHING else score or 0.0
        return cls(cell, outcome, points, max_points, message, beside)


WORTH = "points of {}"
"""What a cell with that grade id is worth, among the grounds of its points."""
REMARK = "About this answer: "
"""How a comment begins that is the grader's own."""


@dataclass(frozen=True)
class Remark:
    """What is said of an answer that was not found as usual.

    waits: whether points that depend on it wait for a person.
    """

    answer: str
    text: str
    waits: bool


def in_words(remarks: Iterable[Remark]) -> str:
    """What is said of all of them, each thing once."""
    answers: dict[str, list[str]] = {}
    for remark in remarks:
        answers.setdefault(remark.text, []).append(remark.answer)
    return "; ".join(f"{', '.join(names)}: {text}" for text, names in answers.items())


class Doubt(StrEnum):
    """Why points of a test wait for a person, as they are told."""

    MORE = (
        "the test gives more in the learner's process than apart from the answers: either it sees "
        "there what it can't see apart, or the learner's code makes it pass"
    )
    LESS = (
        "it passes isolated, but not, or that can't be seen, where all runs in one process, as in "
        "a kernel: an answer may change what it is given, or keep something between calls"
    )
    LIKE = "it has failed apart, as another test has that passes in the learner's process"
    NUMBER = (
        "its last line is no number, and your own solution's is: nbgrader gives all points then"
    )
    LOST = "it was not run: the tests' own process kept ending"
    CROSS = "what the answer gets or gives back can't be used apart as in its own process"
    WORD = (
        "an object of the learner's answers what the test asks it, by a method, `in` or `==`, or "
        "the learner's code raises StopIteration; what your own solution gives is asked nothing, "
        "and raises none"
    )


@dataclass(frozen=True)
class GradedNotebook:
    """One graded notebook.

    data: its file, as nbgrader writes it.
    scores: points by grade id, None where a human has to give them.
    comments: nbgrader's automatic comment on each answer cell, or None.
    grounds: hash of what each graded cell's points are for, by its grade id, and its points, by
        `WORTH`.
    reason: why the submitted notebook could not be read, or empty.
    """

    name: str
    data: bytes
    scores: dict[str, float | None]
    comments: dict[str, str | None]
    verdicts: tuple[Verdict, ...]
    grounds: dict[str, str]
    reason: str = ""
    remarks: tuple[Remark, ...] = ()


class CellToRun(TypedDict):
    """A code cell of the grafted notebook.

    Of a learner's own cell nothing is said from `replay` to `asks`.

    replay: the Python that the test runner runs there; nothing where no isolated test can see that.
    defines, may_define, imports: of an answer cell, the names that are the answer process's from
        here on, those that it has if nobody else has them, and what it imports.
    answers: names of answers that may be read here, to be had from the answer process before.
    makes: of a given cell, names that it sets or may change.
    carried: of a test, names that it may read and that tests before have set or changed.
    asks: of a test, whether its last line only asks an answer for something, such as `f(2)`.
    hidden: whether it has hidden tests, or reads what one sets: no message may tell its inputs.
    beside: whether it is a test that runs in the learner's process, and not apart.
    in_second_run: whether it runs in the second answer process, and not in the first.
    both_ways: whether it runs apart in the first, and what learners see of it beside the answers
        in the second.
    in_kernel: whether it runs in the fourth, too, to be compared.
    visible_text: what learners see of such a test; nothing where that can't be run by itself.
    lends: what of it runs with the answers while it runs apart: imports and values that answers
        behind it read.
    seed: of the random numbers of a test or a locked cell.
    points: what a test is worth.
    """

    id: str
    role: Role
    code: str
    replay: str
    defines: Sequence[str]
    may_define: Sequence[str]
    imports: Sequence[str]
    answers: Sequence[str]
    makes: Sequence[str]
    carried: Sequence[str]
    asks: bool
    hidden: bool
    beside: bool
    in_second_run: bool
    both_ways: bool
    in_kernel: bool
    visible_text: str
    lends: str
    seed: int
    points: float


class Plan(TypedDict):
    """The grader's first and only order.

    known: what of the `Stages` the grader has.
    lost: which of them have ended a test runner.
    skip: indices of cells not to run again.
    seed: of the learner's own random numbers.
    seconds: what is left for the notebook and its visible tests.
    again_seconds: what each further run of the notebook may take.
    hidden_seconds: the same of that with hidden tests.
    told: whether errors of hidden tests are told in full.
    trusted: what code that tests make may have besides the source's words, as the solution has it;
        None where it is the solution that runs.
    """

    cells: list[CellToRun]
    known: list[int]
    lost: list[int]
    skip: list[int]
    seed: int
    seconds: float
    again_seconds: float
    hidden_seconds: float
    trusted: list[str] | None
    told: bool


class Stages(NamedTuple):
    """Indices of the cells in the order in which they are reported on. A test that runs again
    stands there as its index and once the number of cells, and as a kernel runs it as twice that.

    first: cells, and tests that learners see.
    second: what is to run as learners have it, in the answer process.
    hidden: hidden tests that are isolated. From here on nothing is shown that an answer says: it
        may hand back what it was asked.
    kernel: all tests as a kernel runs them; answers may read hidden ones there.
    """

    first: list[int]
    second: list[int]
    hidden: list[int]
    kernel: list[int]

    @classmethod
    def of(cls, cells: list[CellToRun]) -> Stages:
        """Those of these cells."""
        found = cls([], [], [], [])
        for index, cell in enumerate(cells):
            if is_hidden(cell):
                (found.kernel if cell["beside"] else found.hidden).append(index)
            else:
                (found.second if cell["in_second_run"] else found.first).append(index)
            if cell["both_ways"] and not is_hidden(cell):
                found.second.append(len(cells) + index)
            if cell["in_kernel"]:
                found.kernel.append(2 * len(cells) + index)
        return found

    @property
    def items(self) -> list[int]:
        """All of them."""
        return [item for stage in self for item in stage]


def is_hidden(cell: CellToRun) -> bool:
    """Whether it is a test cell of which learners must not hear."""
    return cell["role"] == Role.TEST and cell["hidden"]
