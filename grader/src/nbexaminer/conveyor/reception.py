"""What learners hand in while an exercise is served: each attempt is kept, then graded."""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path

from nbexaminer.conveyor.arrivals import MAX_SECRET_BYTES, Arrival, Arrivals, Changed
from nbexaminer.conveyor.belt import PAUSE
from nbexaminer.conveyor.desk import AttemptJob, Desk
from nbexaminer.conveyor.fingerprint import digest
from nbexaminer.conveyor.folder import ClassFolder, in_place
from nbexaminer.conveyor.freshness import Freshness
from nbexaminer.errors import CannotGrade, GradebookUnavailable, Malformed
from nbexaminer.gradebook import attempts
from nbexaminer.gradebook.attempts import Attempt
from nbexaminer.gradebook.writer import ClassGradebook
from nbexaminer.intake.files import read_file
from nbexaminer.intake.taking import SECRET
from nbexaminer.intake.times import TIMESTAMP
from nbexaminer.people.roster import excluded_ids
from nbexaminer.typed import typed

LOOKING = 0.1
"""The most of its time that goes into looking."""
CHECK_SECONDS = 5.0
"""How often it is checked whether what grades has changed."""
OUTDATED = (
    "the source notebook of {0}, or the code that grades it, has changed. What came in before is "
    "graded as it was. Run `{1} {0}` to grade it again, then serve again"
)

Say = Callable[[str, str, bool], None]
"""Told of every event: the learner or nothing, what it is, whether it needs the instructor."""


class Reception:
    """The source of attempts at one exercise.

    arrivals: where they come in.
    desk: where they go, and who can't be graded is told so.
    once: end where all that is there has been taken.
    """

    def __init__(
        self,
        folder: ClassFolder,
        gradebook: ClassGradebook,
        arrivals: Arrivals,
        desk: Desk,
        say: Say,
        once: bool = False,
    ) -> None:
        self._folder, self._gradebook = folder, gradebook
        self._arrivals, self._desk, self._say, self._once = arrivals, desk, say, once
        self._rules = folder.course.settings
        self._top = folder.root / attempts.FOLDER
        self._resumed: deque[AttemptJob] | None = None
        self._waiting: deque[Arrival] = deque()
        self._next_look = self._next_check = 0.0
        self._fresh = Freshness(folder)

    def look(self) -> None:
        """Find what has come in. Raises CannotGrade where what grades has changed."""
        if self._resumed is None:
            self._resumed = deque(self._resume())
        now = time.monotonic()
        if now >= self._next_check:
            self._next_check = now + CHECK_SECONDS
            if self._fresh.is_outdated():
                raise CannotGrade(OUTDATED.format(self._folder.exercise, typed("grade")))
        if now < self._next_look:
            return
        self._waiting.extend(self._arrivals.look())
        for name, reason in self._arrivals.odd():
            self._desk.summary.not_graded += 1
            self._say("", f"not taken: {name}: {reason}", True)
        took = time.monotonic() - now
        self._next_look = time.monotonic() + max(PAUSE, took / LOOKING)

    def ended(self) -> bool:
        """Whether all has been taken, and no more is waited for."""
        waits = self._resumed or self._waiting or self._arrivals.settling
        return self._once and not waits

    def take(self, busy: Collection[str]) -> AttemptJob | None:
        """The next attempt to be graded: of a learner one after the other."""
        if self._resumed:
            return self._resumed.popleft()
        while (
            arrival := next((a for a in self._waiting if a.learner not in busy), None)
        ) is not None:
            job = None
            try:
                job = self._admit(arrival)
            except (CannotGrade, GradebookUnavailable):
                raise
            except Exception as error:
                self._desk.fail(arrival.learner, error)
            self._waiting.remove(arrival)
            if job is not None:
                return job
        return None

    def _admit(self, arrival: Arrival) -> AttemptJob | None:
        """Keep an attempt; gives it where it is to be graded."""
        exercise, learner = self._folder.exercise, arrival.learner
        attempt = Attempt(arrival.name, learner, exercise, arrival.handed_in)
        job = AttemptJob(student=learner, attempt=attempt, noticed=arrival.noticed)
        try:
            kept = self._keep(arrival, attempt)
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
                self._desk.refuse(job)
                return None
            job.to_grade(self._folder.read(learner, kept, self._top))
        except Changed:
            self._say(learner, "is written anew, which is graded instead", False)
            return None
        except Malformed as error:
            job.secret = job.secret or self._arrivals.secret(arrival)
            self._desk.turn_away(job, str(error))
            return None
        if job.submission is not None and job.submission.left_out:
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

    def _resume(self) -> list[AttemptJob]:
        """What an earlier run left without feedback."""
        with self._gradebook.transaction() as connection:
            rows = attempts.read_attempts(connection, self._folder.exercise)
        jobs = (self._resumed_job(row) for row in rows if not row.released)
        return [job for job in jobs if job is not None]

    def _resumed_job(self, row: Attempt) -> AttemptJob | None:
        kept = row.folder(self._folder.root)
        job = AttemptJob(student=row.student, attempt=row, noticed=time.monotonic())
        job.secret, job.recorded = _secret(kept), True
        job.said = "what an earlier run left undone"
        if row.score is None:
            self._desk.release_refusal(job)
            return None
        try:
            job.to_grade(self._folder.read(row.student, kept, self._top))
            if row.counts:
                placed = self._folder.read(row.student, self._desk.submitted(row.student))
                entry = self._gradebook.entry(row.student)
                if entry is not None and in_place(placed, entry):
                    self._desk.to_feedback(job)
        except Malformed as error:
            if job.submission is None:
                self._desk.turn_away(job, str(error))
                return None
        return job


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
