"""What came of a run over a class, for whoever shows it."""

import json
import statistics
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from nbexaminer.classroom.gradebook.writer import JournalEntry
from nbexaminer.errors import Status
from nbexaminer.judging.message import Message
from nbexaminer.judging.session.verdicts import Outcome, Remark, in_words

JUDGED = (
    Outcome.PASSED, Outcome.PARTLY, Outcome.FAILED, Outcome.DROPPED, Outcome.ACCEPTED,
)  # fmt: skip
"""How a test ends that comes to a judgement, or for which the instructor has come to one."""
ENOUGH = 3
"""So many learners whom a test did not come to judge make one look at the test."""


class Disposition(StrEnum):
    """What became of a submission that needs the instructor."""

    NOT_GRADED = "not graded"
    SET_ASIDE = "set aside"
    """It can't be read, and has no points until a person gives some."""
    WAITS = "waits for you in the formgrader"
    """It isn't clear which of the learner's cells is an answer, whose points a person gives."""


@dataclass
class Summary:
    """How a run went.

    graded: what was graded now; of it unreadable has no notebook that can be read, and points of
        waiting wait for the instructor, when serving.
    refused: attempts that were one too many.
    excluded: ids of those who have handed in whom the instructor has excluded.
    strangers: ids of those who have handed in who are on no roster.
    needs_you: of each submission that needs the instructor the learner, what became of it, and the
        reason.
    remarks: learner and what else is to be said of what they handed in.
    cells: how each test cell ended, by its notebook and name, for submissions that can be read.
    errors: what a learner was told of each test cell that came to no judgement.
    seconds: how long each learner waited for feedback on a graded attempt.
    """

    submissions: int = 0
    graded: int = 0
    unreadable: int = 0
    waiting: int = 0
    unchanged: int = 0
    refused: int = 0
    not_graded: int = 0
    excluded: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    needs_you: list[tuple[str, Disposition, str]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    cells: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    errors: dict[tuple[str, str], str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    stopped: bool = False

    def count(self, student: str, entry: JournalEntry, settled: bool = False) -> None:
        """Take in how a learner's tests ended; settled: what needed the instructor has been seen
        to."""
        listed = json.loads(entry.verdicts)
        tests = [found for found in listed if "outcome" in found]
        remarks = [Remark(r["answer"], r["text"], r["waits"]) for r in listed if "answer" in r]
        self.outcomes.update(test["outcome"] for test in tests)
        for test in tests:
            cell = test["notebook"], test["cell"]
            if test["outcome"] != Outcome.MALFORMED:
                self.cells.setdefault(cell, Counter())[test["outcome"]] += 1
            if test["outcome"] not in JUDGED:
                self.errors[cell] = str(Message.read(test["message"]))
        if entry.reason and not settled:
            self.needs_you.append((student, Disposition.SET_ASIDE, entry.reason))
        waiting = in_words(remark for remark in remarks if remark.waits)
        if waiting and not settled:
            self.needs_you.append((student, Disposition.WAITS, waiting))
        if others := in_words(remark for remark in remarks if not remark.waits):
            self.remarks.append((student, others))

    def miss(self, student: str, reason: str) -> None:
        """Take in a submission that was not graded."""
        self.not_graded += 1
        self.needs_you.append((student, Disposition.NOT_GRADED, reason))

    def settle(self, students: Collection[str]) -> None:
        """Take in whose submissions that can't be read need the instructor no more."""
        self.needs_you = [
            (who, became, why)
            for who, became, why in self.needs_you
            if became is not Disposition.SET_ASIDE or who not in students
        ]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """The learner and, in words, what is the matter with each submission of `needs_you`."""
        return [(who, f"{became}: {why}") for who, became, why in self.needs_you]

    @property
    def status(self) -> Status:
        """The command's exit status."""
        if self.stopped:
            return Status.INTERRUPTED
        look = self.needs_you or self.unreadable or self.waiting or self.not_graded
        return Status.LOOK if look or self.suspicious() else Status.FINE

    def suspicious(self) -> list[tuple[str, str]]:
        """Test cells that came to judge nobody's answer; how they ended, and for instance why."""
        found = []
        for (notebook, cell), ended in self.cells.items():
            if ended.total() >= ENOUGH and not any(ended[outcome] for outcome in JUDGED):
                how = ", ".join(f"{count} {outcome}" for outcome, count in ended.most_common())
                error = self.errors[notebook, cell].partition("\n")[0]
                found.append((f"{cell} of {notebook}", f"{how}, for instance: {error}"))
        return found

    def __str__(self) -> str:
        told = f"graded {self.graded}"
        if self.unreadable:
            told += f", {self.unreadable} of them can't be read"
        told += f"; refused {self.refused}; not graded {self.not_graded}"
        if self.seconds:
            median, longest = statistics.median(self.seconds), max(self.seconds)
            told += f"; feedback after {median:.1f} s (median), {longest:.1f} s (longest)"
        return told
