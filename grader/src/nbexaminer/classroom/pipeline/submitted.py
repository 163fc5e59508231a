"""A class that has handed in: what lies in submitted/, and its place in the gradebook.

For each submission, in this order: the graded files into a folder beside their place, the gradebook
with the journal's entry in one transaction, the folder to its place. A run that is killed anywhere
between is completed by the next one.
"""

from collections import deque
from collections.abc import Callable, Collection

from sqlalchemy.exc import SQLAlchemyError

from nbexaminer.classroom.gradebook.writer import ClassGradebook, JournalEntry
from nbexaminer.classroom.intake.names import is_learner, printable
from nbexaminer.classroom.pipeline.belt import Job
from nbexaminer.classroom.pipeline.folder import ClassFolder, in_place
from nbexaminer.classroom.pipeline.summary import Disposition, Summary
from nbexaminer.classroom.pipeline.workers import TaskResult
from nbexaminer.classroom.roster import excluded_ids, strangers
from nbexaminer.cli import cli
from nbexaminer.errors import GradebookError, Malformed


class SubmittedFolder:
    """The submissions in submitted/.

    force: grade again what has not changed.
    only: ids of the learners whose work is graded; everybody's unless given.
    show: called after each submission.
    """

    def __init__(
        self,
        folder: ClassFolder,
        gradebook: ClassGradebook,
        force: bool = False,
        only: Collection[str] = (),
        show: Callable[[Summary], None] = lambda _: None,
    ) -> None:
        self._folder, self._gradebook = folder, gradebook
        self._force, self._show = force, show
        self.summary = Summary()
        handed_in = dict(folder.students())
        with gradebook.transaction() as connection:
            excluded = excluded_ids(connection)
            wanted = [found for found in handed_in.items() if not only or found[0] in only]
            named = (name for name, _ in wanted if is_learner(name))
            self.summary.strangers = strangers(connection, named)
        for name in dict.fromkeys(only):
            if name in excluded:
                advice = f"`{cli('roster --include')} {name}` takes them back"
                reason = f"you have excluded this learner; {advice}"
            elif name not in handed_in:
                reason = f"nothing has been handed in for {folder.exercise} under this name"
            else:
                continue
            self.summary.needs_you.append((printable(name), Disposition.NOT_GRADED, reason))
        self.summary.excluded = [name for name, _ in wanted if name in excluded]
        self._waiting = deque(found for found in wanted if found[0] not in excluded)
        self.summary.submissions = len(self._waiting)

    def look(self) -> None:
        """What is handed in meanwhile is for the next run."""

    def ended(self) -> bool:
        """Whether everybody's has been looked at."""
        return not self._waiting

    def take(self, busy: Collection[str]) -> Job | None:
        """The next one that has to be graded; the others are counted."""
        while self._waiting:
            student, place = self._waiting[0]
            try:
                submission = self._folder.read(student, place)
            except (Malformed, OSError) as error:
                self._miss(printable(student), f"{error}")
                self._waiting.popleft()
                continue
            entry = self._gradebook.entry(student)
            self._waiting.popleft()
            if self._force or entry is None or not in_place(submission, entry):
                return Job(student=student, what=(submission.task,), submission=submission)
            self.summary.unchanged += 1
            self._count(student, entry)
        return None

    def put(self, job: Job, result: TaskResult) -> None:
        """Write it down."""
        folder, gradebook, submission = self._folder, self._gradebook, job.submission
        entry = folder.entry(submission, result)
        try:
            with folder.staged(submission, result), gradebook.transaction() as connection:
                gradebook.record(
                    connection, job.student, submission.timestamp, result.notebooks, entry
                )
        except (GradebookError, SQLAlchemyError) as error:
            self._miss(job.student, f"the gradebook does not take it: {error}")
            return
        if submission.left_out:
            self.summary.remarks.append((job.student, submission.left_out))
        self.summary.graded += 1
        self._count(job.student, entry)

    def give_up(self, job: Job, reason: str) -> None:
        """Tell the instructor."""
        self._miss(job.student, reason)

    def fail(self, student: str, error: Exception) -> None:
        """Tell the instructor."""
        self._miss(student, repr(error))

    def _count(self, student: str, entry: JournalEntry) -> None:
        needs = entry.reason or '"waits": true' in entry.verdicts
        settled = bool(needs) and student not in self._gradebook.awaiting_a_human()
        self.summary.count(student, entry, settled)
        self._show(self.summary)

    def _miss(self, student: str, reason: str) -> None:
        self.summary.miss(student, reason)
        self._show(self.summary)
