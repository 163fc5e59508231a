"""What becomes of each attempt while an exercise is served: written down, and handed back.

In this order: it is kept (`reception`); it is graded; where it counts it takes its place in
submitted/; scores, the journal's entry and the attempt's row are written in one transaction; its
graded files go to their place; its feedback is released, and the row says so. After a kill anywhere
between, what has no row is graded, and what has one gets what it still lacks.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from nbexaminer.conveyor.belt import Job
from nbexaminer.conveyor.folder import ClassFolder, Submission, publish
from nbexaminer.conveyor.give_feedback import Exchange, Wanted, make_pages, put, write_refusal
from nbexaminer.conveyor.scratch import Scratch, Worth, url_in
from nbexaminer.conveyor.submitted import write_down
from nbexaminer.conveyor.summary import Summary
from nbexaminer.conveyor.workers import TaskResult, grade_task
from nbexaminer.errors import GradebookError
from nbexaminer.gradebook import attempts
from nbexaminer.gradebook.attempts import Attempt
from nbexaminer.gradebook.writer import ClassGradebook
from nbexaminer.intake.names import printable


@dataclass(eq=False, kw_only=True)
class AttemptJob(Job):
    """An attempt on its way.

    noticed: when, on the monotonic clock.
    recorded: it has its row; graded: its files and points are where feedback is made from.
    apart: the folder that these are in where it doesn't count.
    said: what came of it.
    """

    attempt: Attempt
    noticed: float
    submission: Submission | None = None
    secret: str = ""
    recorded: bool = False
    graded: bool = False
    apart: Path | None = None
    said: str = ""

    def to_grade(self, submission: Submission) -> None:
        """Have a worker grade it next."""
        self.submission, self.do, self.what = submission, grade_task, submission.task


class Desk:
    """The sink of attempts at one exercise.

    folder, gradebook, scratch: where everything is and goes.
    exchange: where feedback is released, or None.
    outbox: where pages are put, in a folder for each learner and attempt, or None.
    say: told of every event: the learner, what it is, whether it needs the instructor.
    """

    def __init__(
        self,
        folder: ClassFolder,
        gradebook: ClassGradebook,
        scratch: Scratch,
        exchange: Exchange | None,
        outbox: Path | None,
        say: Callable[[str, str, bool], None],
    ) -> None:
        self._folder, self._gradebook, self._scratch = folder, gradebook, scratch
        self._exchange, self._outbox, self._say = exchange, outbox, say
        self._rules = folder.course.settings
        self._notebooks = [handed.name for handed in folder.trial().notebooks]
        self._numbers = itertools.count()
        self.summary = Summary()

    def submitted(self, student: str) -> Path:
        """Where the attempt that counts stands."""
        step = self._folder.course.directory.submitted_directory
        return self._folder.course.path(step, student, self._folder.exercise)

    # What came of it.

    def put(self, job: AttemptJob, result: Any) -> AttemptJob | None:
        """Write down what a worker has graded, or hand out the pages that it has made."""
        if not isinstance(result, TaskResult):
            self._release(job, result)
            return None
        submission = job.submission
        assert submission is not None
        self._decide(job, submission, result)
        try:
            (self._count if job.attempt.counts else self._set_apart)(job, submission, result)
        except (GradebookError, SQLAlchemyError) as error:
            self.give_up(job, f"the gradebook does not take it: {error}")
            return None
        self.summary.graded += not job.recorded
        self.summary.unreadable += bool(job.attempt.reason)
        job.recorded = True
        return self.to_feedback(job)

    def to_feedback(self, job: AttemptJob) -> AttemptJob:
        """Have a worker make its pages next."""
        db = url_in(job.apart) if job.apart else self._folder.course.db_url
        job.graded, job.do = True, make_pages
        job.what = Wanted(self._folder.exercise, job.student, db, job.apart)
        return job

    def _decide(self, job: AttemptJob, submission: Submission, result: TaskResult) -> None:
        """Find what the attempt is worth, and whether it counts, unless that is written down."""
        student, handed_in = job.student, submission.timestamp or job.attempt.handed_in
        with self._gradebook.transaction() as connection:
            before = attempts.read_attempts(connection, self._folder.exercise, student)
            extension = self._gradebook.extension(connection, student)
            # A due date, an extension or a test may have changed since it was graded.
            now = self._gradebook.tests_worth(connection, student)
            before = [dataclasses.replace(a, score=now) if a.counts else a for a in before]
        worth = self._scratch.worth(student, handed_in, extension, result.notebooks)
        if job.recorded:
            return
        attempt = dataclasses.replace(
            job.attempt,
            key=submission.key,
            score=worth.points,
            graded_at=_now(),
            reason=result.reason,
        )
        counts = attempts.is_counted(attempt, before, self._rules.counted)
        job.attempt = dataclasses.replace(attempt, counts=counts)
        job.said = _in_words(job.attempt, worth, before, self._rules.attempts)

    def _count(self, job: AttemptJob, submission: Submission, result: TaskResult) -> None:
        """Have it stand in submitted/, autograded/ and nbgrader's tables."""
        place = self.submitted(job.student)
        new = place.with_name(f".{place.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(job.attempt.folder(self._folder.root), new)
        publish(new, place)
        write_down(
            self._folder,
            self._gradebook,
            submission,
            result,
            submission.timestamp or job.attempt.handed_in,
            lambda connection: attempts.write_attempt(connection, job.attempt),
        )

    def _set_apart(self, job: AttemptJob, submission: Submission, result: TaskResult) -> None:
        """Write only the row; what feedback is made from goes to a folder apart."""
        job.apart = self._scratch.place / f"{next(self._numbers)}"
        job.apart.mkdir()
        self._scratch.copy(job.apart)
        graded = job.apart / submission.graded.relative_to(self._folder.root)
        publish(
            self._folder.stage(dataclasses.replace(submission, graded=graded), result.notebooks),
            graded,
        )
        if not job.recorded:
            with self._gradebook.transaction() as connection:
                attempts.write_attempt(connection, job.attempt)

    # What goes back.

    def _release(self, job: AttemptJob, pages: Iterable[Path]) -> None:
        """Give the learner the pages, and say what came of the attempt."""
        if job.apart is not None:
            kept = self._pages_of(job.attempt)
            pages = [put(page, kept / page.name) for page in pages]
        self._hand_out(job, pages)
        if job.recorded:
            with self._gradebook.transaction() as connection:
                attempts.mark_released(connection, job.attempt.name)
        if job.apart is not None:
            shutil.rmtree(job.apart, ignore_errors=True)
        seconds = time.monotonic() - job.noticed
        if job.graded:
            self.summary.seconds.append(seconds)
        needed = bool(job.attempt.reason) and job.attempt.score is not None
        self._say(job.student, f"{job.said}; feedback after {seconds:.1f} s", needed)

    def _hand_out(self, job: AttemptJob, pages: Iterable[Path]) -> None:
        if self._exchange is not None and job.secret:
            self._exchange.release(pages, job.secret)
        if self._outbox is not None:
            time = job.attempt.folder(self._folder.root).name
            for page in pages:
                place = self._outbox / job.student / job.attempt.assignment / time
                put(page, place / page.name)

    def refuse(self, job: AttemptJob) -> None:
        """The learner has handed in as often as is allowed."""
        limit = self._rules.attempts
        times = "once" if limit == 1 else f"{limit} times"
        reason = (
            f"You can hand in this exercise {times}, and have done so. "
            f"What counts is your {self._rules.counted} graded attempt."
        )
        job.attempt = dataclasses.replace(job.attempt, reason=reason, graded_at=_now())
        with self._gradebook.transaction() as connection:
            attempts.write_attempt(connection, job.attempt)
        job.recorded = True
        job.said = f"refused and kept, since {limit} of {limit} attempts are used up"
        self.summary.refused += 1
        self.release_refusal(job)

    def release_refusal(self, job: AttemptJob) -> None:
        """Tell the learner why an attempt is not graded."""
        self._release(job, self._refusal(job, job.attempt.reason))

    def turn_away(self, job: AttemptJob, reason: str) -> None:
        """What the learner handed in can't be graded at all, and who is told why; it has no row,
        and is tried again when serving begins again."""
        self._not_graded(job, reason, f"The reason: {reason}.")

    def give_up(self, job: AttemptJob, reason: str) -> None:
        """The reason is in the course or on this machine; the rest is as with `turn_away`."""
        if job.graded:
            self.summary.not_graded += 1
            self._say(job.student, f"graded, but feedback can't be made: {reason}", True)
        else:
            self._not_graded(job, reason, "Your instructor is told the reason.")

    def fail(self, student: str, error: Exception) -> None:
        """Tell the instructor."""
        self.summary.not_graded += 1
        told = f"not done, and tried again when serving begins again: {error!r}"
        self._say(printable(student), told, True)

    def _not_graded(self, job: AttemptJob, reason: str, cause: str) -> None:
        self.summary.not_graded += 1
        pages: list[Path] = []
        if job.secret or self._exchange is None:
            pages = self._refusal(job, f"What you handed in could not be graded. {cause}")
        self._hand_out(job, pages)
        also = "; the learner is told so" if pages else ""
        self._say(job.student, f"not graded: {reason}{also}", True)

    def _refusal(self, job: AttemptJob, reason: str) -> list[Path]:
        when = self._rules.shown(job.attempt.handed_in)
        return write_refusal(self._pages_of(job.attempt), self._notebooks, reason, when)

    def _pages_of(self, attempt: Attempt) -> Path:
        """Where pages on an attempt that doesn't count stay."""
        kept = attempt.folder(self._folder.root)
        return kept.with_name(f"{kept.name}-feedback")


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def _in_words(attempt: Attempt, worth: Worth, before: list[Attempt], limit: int) -> str:
    number = 1 + sum(not a.reason for a in before)
    of = f" of {limit}" if limit else ""
    told = f"attempt {number}{of}: {worth.points:g} of {worth.most:g} points"
    if attempt.reason:
        told = f"can't be read: {attempt.reason}"
    elif worth.waits:
        told += ", the rest is to be graded by hand"
    return told if attempt.counts else f"{told}; an earlier attempt goes on counting"
