"""What came of a run over a class, for whoever shows it."""

import json
import statistics
from collections import Counter
from dataclasses import dataclass, field

from nbexaminer.errors import Status
from nbexaminer.examination.verdicts import Outcome
from nbexaminer.gradebook.writer import JournalEntry
from nbexaminer.message import Message

JUDGED = (Outcome.PASSED, Outcome.FAILED, Outcome.DROPPED, Outcome.ACCEPTED)
"""How a test ends that comes to a judgement, or for which the instructor has come to one."""
ENOUGH = 3
"""So many learners whom a test did not come to judge make one look at the test."""


@dataclass
class Summary:
    """How a run went.

    graded: what was graded now; unreadable are those of them without a notebook that can be read.
    refused: attempts that were one too many.
    excluded: ids of those who have handed in whom the instructor has excluded.
    needs_you: of each submission that needs the instructor the learner, whether it was graded all
        the same, and the reason.
    left_out: learner and reason where something that was handed in is not handed back.
    cells: how each test cell ended, by its notebook and name, for submissions that can be read.
    errors: what a learner was told of each test cell that came to no judgement.
    seconds: from noticing each graded attempt to its feedback.
    """

    submissions: int = 0
    graded: int = 0
    unreadable: int = 0
    unchanged: int = 0
    refused: int = 0
    not_graded: int = 0
    excluded: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    needs_you: list[tuple[str, bool, str]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    cells: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    errors: dict[tuple[str, str], str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    stopped: bool = False

    def count(self, student: str, entry: JournalEntry) -> None:
        """Take in how a learner's tests ended."""
        tests = json.loads(entry.verdicts)
        self.outcomes.update(test["outcome"] for test in tests)
        for test in tests:
            cell = test["notebook"], test["cell"]
            if test["outcome"] != Outcome.MALFORMED:
                self.cells.setdefault(cell, Counter())[test["outcome"]] += 1
            if test["outcome"] not in JUDGED:
                self.errors[cell] = str(Message.read(test["message"]))
        if entry.reason:
            self.needs_you.append((student, True, entry.reason))

    def miss(self, student: str, reason: str) -> None:
        """Take in a submission that was not graded."""
        self.not_graded += 1
        self.needs_you.append((student, False, reason))

    @property
    def problems(self) -> list[tuple[str, str]]:
        """The learner and, in words, what is the matter with each submission of `needs_you`."""
        kinds = {True: "set aside", False: "not graded"}
        return [(who, f"{kinds[graded]}: {why}") for who, graded, why in self.needs_you]

    @property
    def status(self) -> Status:
        """The command's exit status."""
        if self.stopped:
            return Status.INTERRUPTED
        look = self.needs_you or self.unreadable or self.not_graded or self.suspicious()
        return Status.LOOK if look else Status.FINE

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
