"""What happens to each attempt that comes in: kept, graded, written down, handed back.

In this order: it is kept; it is graded; where it counts it takes its place in submitted/; scores,
the journal's entry and the attempt's row are written in one transaction; its graded files go to
their place; its feedback is released, and the row says so. After a kill anywhere between, what has
no row is graded, and what has one gets what it still lacks.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import shutil
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from nbexaminer.conveyor.arrivals import MAX_SECRET_BYTES, Arrival, Arrivals, Changed
from nbexaminer.conveyor.fingerprint import digest
from nbexaminer.conveyor.folder import (
    CannotGrade,
    ClassFolder,
    Submission,
    content_hash,
    in_place,
    publish,
)
from nbexaminer.conveyor.give_feedback import Exchange, put, write_refusal
from nbexaminer.conveyor.run import FINE, LOOK
from nbexaminer.conveyor.scratch import Scratch, Worth
from nbexaminer.conveyor.workers import Result, Trouble
from nbexaminer.gradebook import attempts
from nbexaminer.gradebook.attempts import Attempt
from nbexaminer.gradebook.journal import Entry
from nbexaminer.gradebook.writer import ClassGradebook, GradebookError
from nbexaminer.intake.files import read_file
from nbexaminer.intake.names import Malformed
from nbexaminer.intake.taking import SECRET
from nbexaminer.intake.times import TIMESTAMP
from nbexaminer.people.roster import excluded_ids

Say = Callable[[str, str, bool], None]
"""Told of every event: the learner or nothing, what it is, whether it needs the instructor."""


@dataclass
class Tally:
    """How serving went.

    graded: attempts that have their row since; unreadable are those of them without a notebook
        that can be read.
    seconds: from noticing each graded attempt to its feedback.
    """

    graded: int = 0
    unreadable: int = 0
    refused: int = 0
    not_graded: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The command's exit status."""
        return LOOK if self.unreadable or self.not_graded else FINE

    def __str__(self) -> str:
        said = f"graded {self.graded}"
        if self.unreadable:
            said += f", {self.unreadable} of them can't be read"
        said += f"; refused {self.refused}; not graded {self.not_graded}"
        if self.seconds:
            median, longest = statistics.median(self.seconds), max(self.seconds)
            said += f"; feedback after {median:.1f} s (median), {longest:.1f} s (longest)"
        return said


@dataclass
class Job:
    """An attempt on its way.

    noticed: when, on the monotonic clock.
    recorded: it has its row; graded: its files and points are where feedback is made from.
    apart: the folder that these are in where it doesn't count.
    said: what came of it.
    lost: how often a worker ended on it, or could not make its feedback.
    """

    attempt: Attempt
    noticed: float
    submission: Submission | None = None
    secret: str = ""
    recorded: bool = False
    graded: bool = False
    apart: Path | None = None
    said: str = ""
    lost: int = 0


class Desk:
    """Where the attempts at one exercise go through.

    folder, gradebook, scratch: where everything is and goes.
    arrivals: where it comes from.
    exchange: where feedback is released, or None.
    outbox: where pages are put, in a folder for each learner and attempt, or None.
    """

    def __init__(
        self,
        folder: ClassFolder,
        gradebook: ClassGradebook,
        scratch: Scratch,
        arrivals: Arrivals,
        exchange: Exchange | None,
        outbox: Path | None,
        say: Say,
    ) -> None:
        self._folder, self._gradebook, self._scratch = folder, gradebook, scratch
        self._arrivals, self._exchange, self._outbox = arrivals, exchange, outbox
        self._say = say
        self._rules = folder.course.rules
        self._top = folder.root / attempts.FOLDER
        self._notebooks = [handed.name for handed in folder.trial().notebooks]
        self._numbers = itertools.count()
        self.tally = Tally()

    # What comes in.

    def admit(self, arrival: Arrival) -> Job | None:
        """Keep an attempt; gives it where it is to be graded."""
        exercise, learner = self._folder.exercise, arrival.learner
        job = Job(Attempt(arrival.name, learner, exercise, arrival.handed_in), arrival.noticed)
        try:
            kept = self._keep(arrival, job.attempt)
            if kept is None:
                return None
            job.secret = _secret(kept)
            with self._gradebook.transaction() as connection:
                before = attempts.read_attempts(connection, exercise, learner)
                excluded = learner in excluded_ids(connection)
            if excluded:
                self._say(learner, "is excluded: the submission is kept, and not graded", False)
                return None
            if attempts.used_up(before, self._rules.attempts):
                self._refuse(job)
                return None
            job.submission = self._folder.read(learner, kept, self._top)
        except Changed:
            self._say(learner, "is written anew, which is graded instead", False)
            return None
        except Malformed as error:
            job.secret = job.secret or self._arrivals.secret(arrival)
            self.give_up(job, str(error), theirs=True)
            return None
        if job.submission.left_out:
            self._say(learner, job.submission.left_out, False)
        return job

    def _keep(self, arrival: Arrival, attempt: Attempt) -> Path | None:
        """Copy it to where it stays; None for what the learner handed in last, once more."""
        place = attempt.folder(self._folder.root)
        if place.is_dir():
            return place
        part = place.with_name(f".{place.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            for remark in self._arrivals.copy(arrival, part):
                self._say(arrival.learner, remark, False)
            if not arrival.is_dropped and self._is_same(part, attempt):
                return None
            if not (part / TIMESTAMP).exists():
                (part / TIMESTAMP).write_text(f"{arrival.handed_in:%Y-%m-%d %H:%M:%S.%f} UTC")
            part.rename(place)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return place

    def _is_same(self, folder: Path, attempt: Attempt) -> bool:
        """Whether a file was only touched, or copied to the folder anew."""
        with self._gradebook.transaction() as connection:
            before = attempts.read_attempts(connection, attempt.assignment, attempt.student)
        return bool(before) and _content(before[-1].folder(self._folder.root)) == _content(folder)

    def resume(self) -> list[Job]:
        """What an earlier run left without feedback."""
        with self._gradebook.transaction() as connection:
            rows = attempts.read_attempts(connection, self._folder.exercise)
        return [job for row in rows if not row.released if (job := self._resumed(row)) is not None]

    def _resumed(self, row: Attempt) -> Job | None:
        kept = row.folder(self._folder.root)
        job = Job(row, time.monotonic(), secret=_secret(kept), recorded=True)
        job.said = "what an earlier run left undone"
        if row.score is None:
            self.release(job, self._refusal(job, row.reason))
            return None
        try:
            job.submission = self._folder.read(row.student, kept, self._top)
            if row.counts:
                placed = self._folder.read(row.student, self._submitted(row.student))
                job.graded = in_place(placed, self._gradebook.entry(row.student))
        except Malformed as error:
            if job.submission is None:
                self.give_up(job, str(error), theirs=True)
                return None
        return job

    # What came of it.

    def record(self, job: Job, result: Result) -> None:
        """Write down what a worker gave; from then on feedback can be made, if `job.graded`."""
        if result.trouble in (Trouble.SANDBOX, Trouble.VERSION):
            raise CannotGrade(f"{result.trouble}: {result.details}")
        if result.trouble is not None:
            self.give_up(job, f"{result.trouble}: {result.details}")
            return
        submission = job.submission
        assert submission is not None
        student, handed_in = submission.student, submission.timestamp or job.attempt.handed_in
        with self._gradebook.transaction() as connection:
            before = attempts.read_attempts(connection, self._folder.exercise, student)
            extension = self._gradebook.extension(connection, student)
            # A due date, an extension or a test may have changed since it was graded.
            now = self._gradebook.tests_worth(connection, student)
            before = [dataclasses.replace(a, score=now) if a.counts else a for a in before]
        worth = self._scratch.worth(student, handed_in, extension, result.notebooks)
        if not job.recorded:
            reason = "; ".join(f"{n.name}: {n.reason}" for n in result.notebooks if n.reason)
            attempt = dataclasses.replace(
                job.attempt,
                key=submission.key,
                score=worth.points,
                graded_at=_now(),
                reason=reason,
            )
            counts = attempts.is_counted(attempt, before, self._rules.counted)
            job.attempt = dataclasses.replace(attempt, counts=counts)
            job.said = _in_words(job.attempt, worth, before, self._rules.attempts)
        try:
            (self._count if job.attempt.counts else self._set_apart)(job, submission, result)
        except (GradebookError, SQLAlchemyError) as error:
            self.give_up(job, f"the gradebook does not take it: {error}")
            return
        self.tally.graded += not job.recorded
        self.tally.unreadable += bool(job.attempt.reason)
        job.recorded = job.graded = True

    def _count(self, job: Job, submission: Submission, result: Result) -> None:
        """Have it stand in submitted/, autograded/ and nbgrader's tables."""
        place = self._submitted(submission.student)
        new = place.with_name(f".{place.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(job.attempt.folder(self._folder.root), new)
        publish(new, place)
        staged = self._folder.stage(submission, result.notebooks)
        content = content_hash(staged, [notebook.name for notebook in result.notebooks])
        assert content is not None
        entry = Entry(submission.key, content, job.attempt.reason, result.verdicts())
        try:
            self._gradebook.record(
                submission.student,
                submission.timestamp or job.attempt.handed_in,
                result.notebooks,
                entry,
                lambda connection: attempts.write_attempt(connection, job.attempt),
            )
        except (GradebookError, SQLAlchemyError):
            shutil.rmtree(staged)
            raise
        publish(staged, submission.graded)

    def _set_apart(self, job: Job, submission: Submission, result: Result) -> None:
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

    def _submitted(self, student: str) -> Path:
        step = self._folder.course.directory.submitted_directory
        return self._folder.course.path(step, student, self._folder.exercise)

    # What goes back.

    def release(self, job: Job, pages: Iterable[Path]) -> None:
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
            self.tally.seconds.append(seconds)
        needed = bool(job.attempt.reason) and job.attempt.score is not None
        self._say(job.attempt.student, f"{job.said}; feedback after {seconds:.1f} s", needed)

    def _hand_out(self, job: Job, pages: Iterable[Path]) -> None:
        if self._exchange is not None and job.secret:
            self._exchange.release(pages, job.secret)
        if self._outbox is not None:
            time = job.attempt.folder(self._folder.root).name
            for page in pages:
                place = self._outbox / job.attempt.student / job.attempt.assignment / time
                put(page, place / page.name)

    def _refuse(self, job: Job) -> None:
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
        self.tally.refused += 1
        self.release(job, self._refusal(job, reason))

    def give_up(self, job: Job, reason: str, theirs: bool = False) -> None:
        """What can't be graded at all has no row, and is tried again when serving begins again.

        theirs: the reason is in what the learner handed in, who is told it; not in the course.
        """
        self.tally.not_graded += 1
        pages: list[Path] = []
        if job.secret or self._exchange is None:
            cause = f"The reason: {reason}." if theirs else "Your instructor is told the reason."
            told = f"What you handed in could not be graded. {cause}"
            pages = self._refusal(job, told)
        self._hand_out(job, pages)
        also = "; the learner is told so" if pages else ""
        self._say(job.attempt.student, f"not graded: {reason}{also}", True)

    def _refusal(self, job: Job, reason: str) -> list[Path]:
        when = self._rules.shown(job.attempt.handed_in)
        return write_refusal(self._pages_of(job.attempt), self._notebooks, reason, when)

    def _pages_of(self, attempt: Attempt) -> Path:
        """Where pages on an attempt that doesn't count stay."""
        kept = attempt.folder(self._folder.root)
        return kept.with_name(f"{kept.name}-feedback")


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def _secret(folder: Path) -> str:
    """By which the learner fetches the feedback on what is in a folder, or empty."""
    try:
        return read_file(folder / SECRET, MAX_SECRET_BYTES).decode(errors="replace")
    except Malformed:
        return ""


def _content(folder: Path) -> str:
    """Hash of the files in a folder but the time stamp."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != TIMESTAMP)
    return digest([(str(path.relative_to(folder)), path) for path in files])


def _in_words(attempt: Attempt, worth: Worth, before: list[Attempt], limit: int) -> str:
    number = 1 + sum(not a.reason for a in before)
    of = f" of {limit}" if limit else ""
    said = f"attempt {number}{of}: {worth.points:g} of {worth.most:g} points"
    if attempt.reason:
        said = f"can't be read: {attempt.reason}"
    elif worth.waits:
        said += ", the rest is to be graded by hand"
    return said if attempt.counts else f"{said}; an earlier attempt goes on counting"
