"""What learners hand in while an exercise is served: kept, graded, written down, and handed back.

In this order: it is kept; it is graded; in one transaction it is found what it is worth and whether
it counts, and its row is written, and where it counts its place in submitted/, its scores and the
journal's entry; its graded files go to their place; its feedback is released, and the row says so.
After a kill anywhere between, what has no row is graded, and what has one gets what it still lacks.
Where the best counts, what was graded before the source changed goes this way again.
"""

import contextlib
import datetime
import shutil
import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from nbexaminer.classroom.gradebook import attempts
from nbexaminer.classroom.gradebook.attempts import Attempt
from nbexaminer.classroom.gradebook.writer import ClassGradebook
from nbexaminer.classroom.intake.files import (
    MAX_FILES_BYTES,
    copy_file,
    copy_folder,
    open_folder,
    read_file,
)
from nbexaminer.classroom.intake.names import printable
from nbexaminer.classroom.intake.taking import SECRET
from nbexaminer.classroom.intake.times import TIMESTAMP, read_timestamp, utc_now, write_timestamp
from nbexaminer.classroom.pipeline.arrivals import MAX_SECRET_BYTES, Arrival, Arrivals, Changed
from nbexaminer.classroom.pipeline.belt import PAUSE, Job
from nbexaminer.classroom.pipeline.folder import ClassFolder, Submission, in_place
from nbexaminer.classroom.pipeline.give_feedback import (
    Apart,
    Exchange,
    make_pages,
    put_page,
    write_refusal,
)
from nbexaminer.classroom.pipeline.summary import Summary
from nbexaminer.classroom.pipeline.workers import TaskResult, grade_task
from nbexaminer.classroom.roster import excluded_ids, strangers
from nbexaminer.cli import cli
from nbexaminer.errors import CannotGrade, GradebookError, GradebookUnavailable, Malformed
from nbexaminer.files import hash_of, replacing
from nbexaminer.judging.session.verdicts import in_words

LOOKING = 0.1
"""The most of its time that goes into looking."""
CHECK_SECONDS = 5.0
"""How often it is checked whether what grades has changed."""
WRITING = 60.0
"""Seconds for which serving once waits for what is still being written to."""
MAX_KEPT = 1 << 30
"""Bytes of the disk that a learner's attempts may take up before another one is kept."""
WAITED = (
    "an earlier attempt no longer counts, of whose tests points waited for you, and may be the "
    "better one: it lies in {}"
)
OUTDATED = (
    "the source of {0}, or the code that grades it, has changed. What came in before is "
    "graded as it was. Run `{1} {0}` to grade it again, then serve again"
)


@dataclass(eq=False, kw_only=True)
class AttemptJob(Job):
    """An attempt on its way.

    since: when the learner began to wait, on the monotonic clock.
    recorded: it has its row.
    apart: what its feedback is made from where it doesn't count.
    event: what came of it.
    waits: points of it wait for the instructor.
    """

    attempt: Attempt
    since: float
    secret: str = ""
    recorded: bool = False
    apart: Apart | None = None
    event: str = ""
    waits: bool = False


class Desk:
    """Where learners hand in for one exercise, and what becomes of their attempts.

    folder, gradebook: where everything is and goes.
    arrivals: what comes in.
    exchange: where feedback is released, or None.
    outbox: where pages are put, in a folder for each learner and attempt, or None.
    say: told of every event: the learner or nothing, what it is, whether it needs the instructor.
    once: end where all that is there has been taken.
    """

    def __init__(
        self,
        folder: ClassFolder,
        gradebook: ClassGradebook,
        arrivals: Arrivals,
        exchange: Exchange | None,
        outbox: Path | None,
        say: Callable[[str, str, bool], None],
        once: bool = False,
    ) -> None:
        self._folder, self._gradebook = folder, gradebook
        self._arrivals, self._exchange, self._outbox = arrivals, exchange, outbox
        self._say, self._once = say, once
        self._rules = folder.course.settings
        self._resumed: deque[AttemptJob] | None = None
        self._used: list[Attempt] = []
        self._in_submitted: set[str] = set()
        self._waiting: defaultdict[Hashable, deque[Arrival]] = defaultdict(deque)
        self._turns: defaultdict[Hashable, float] = defaultdict(float)
        self._kept: dict[str, int] = {}
        self._met: set[str] = set()
        self._next_look = self._next_check = 0.0
        self._written_by = time.monotonic() + WRITING
        self.summary = Summary()

    # What comes in.

    def look(self) -> None:
        """Find what has come in. Raises CannotGrade where what grades has changed."""
        if self._resumed is None:
            self._resumed = self._resume()
        now = time.monotonic()
        if now >= self._next_check:
            self._next_check = now + CHECK_SECONDS
            if self._folder.is_outdated():
                raise CannotGrade(OUTDATED.format(self._folder.exercise, cli("grade")))
        if now < self._next_look:
            return
        for arrival in self._arrivals.look():
            self._waiting[arrival.account].append(arrival)
        for name, reason in self._arrivals.odd:
            self.summary.not_graded += 1
            self._say("", f"not taken: {name}: {reason}", True)
        took = time.monotonic() - now
        self._next_look = time.monotonic() + max(PAUSE, took / LOOKING)

    def ended(self) -> bool:
        """Whether all has been taken, and no more is waited for."""
        settling = self._arrivals.settling and time.monotonic() < self._written_by
        waiting = self._resumed or self._used or any(self._waiting.values())
        return self._once and not (waiting or settling)

    def take(self, busy: Collection[str]) -> AttemptJob | None:
        """The next attempt to be graded: of a learner one after the other.

        What is not graded takes its turn, too, and some of it is left for after the next look.
        """
        if self._resumed:
            return self._resumed.popleft()
        end = time.monotonic() + PAUSE
        for row in [row for row in self._used if row.student not in busy]:
            again = self._again(row)
            self._used.remove(row)
            if again is not None or time.monotonic() >= end:
                return again
        busy = {*busy, *(row.student for row in self._used)}
        while (arrival := self._next(busy)) is not None:
            try:
                if (job := self._earlier(arrival)) is not None:
                    return job  # what has come in goes on waiting
                job = self._admit(arrival)
            except (CannotGrade, GradebookUnavailable):
                raise
            except Exception as error:
                job = None
                self.fail(arrival.learner, error)
            self._waiting[arrival.account].popleft()
            self._turns[arrival.account] = now = time.monotonic()
            if job is not None or now >= end:
                return job
        return None

    def _next(self, busy: Collection[str]) -> Arrival | None:
        """Of those whose turn it can be, the one whose last was before all others'."""
        first = (arrivals[0] for arrivals in self._waiting.values() if arrivals)
        free = (arrival for arrival in first if arrival.learner not in busy)
        return min(free, key=lambda arrival: self._turns[arrival.account], default=None)

    def _earlier(self, arrival: Arrival) -> AttemptJob | None:
        """What was collected of a learner before, as the first attempt, where there is none yet.

        Else what comes in now would take its place, be it worse, and it would be gone. None where
        it is what comes in.
        """
        exercise, learner = self._folder.exercise, arrival.learner
        place = self._folder.submitted(learner)
        if learner in self._met or not place.is_dir() or not self._is_theirs(arrival):
            return None
        self._met.add(learner)
        with self._gradebook.transaction() as connection:
            known = attempts.read_attempts(connection, exercise, learner, used=True)
            if known or learner in excluded_ids(connection):
                return None
        try:
            when = read_timestamp(place)
            coming = (a for queue in self._waiting.values() for a in queue if a.learner == learner)
            if any(other.handed_in == when and self._is_theirs(other) for other in coming):
                return None
            changed = datetime.datetime.fromtimestamp(place.stat().st_mtime, datetime.UTC)
            handed_in = when or changed.replace(tzinfo=None)
            attempt = Attempt(f"submitted/{learner}/{exercise}", learner, exercise, handed_in)
            job = AttemptJob(student=learner, attempt=attempt, since=time.monotonic())
            kept = attempt.folder(self._folder.root)
            if not kept.is_dir():
                with replacing(kept) as part, open_folder(place) as folder:
                    part.mkdir()
                    copy_folder(folder, part)
            job.secret = _secret(kept)
            self._to_grade(job, kept)
        except Malformed as error:
            self._say(learner, f"what was collected before can't be an attempt: {error}", True)
            return None
        self._say(learner, "what was collected before is the first attempt", False)
        return job

    def _is_theirs(self, arrival: Arrival) -> bool:
        """Whether it is of whose name it bears, as far as that is checked."""
        try:
            self._arrivals.check(arrival)
        except (Malformed, OSError):
            return False
        return True

    def _admit(self, arrival: Arrival) -> AttemptJob | None:
        """Keep an attempt; gives it where it is to be graded."""
        exercise, learner = self._folder.exercise, arrival.learner
        attempt = Attempt(arrival.name, learner, exercise, arrival.handed_in)
        job = AttemptJob(student=learner, attempt=attempt, since=arrival.since)
        try:
            with self._gradebook.transaction() as connection:
                dropped = arrival.is_dropped
                before = attempts.read_attempts(connection, exercise, learner, used=dropped)
                excluded = learner in excluded_ids(connection)
                if not before and strangers(connection, [learner]):
                    self._say(learner, "is not on the roster, and is graded all the same", False)
            used = sum(attempt.is_used for attempt in before)
            used_up = 0 < self._rules.attempts <= used and not excluded
            if used_up and dropped:
                job.secret = self._arrivals.secret(arrival)
                self._refuse(job)
                return None
            kept = self._keep(arrival, attempt, before)
            if kept is None:
                return None
            job.secret = _secret(kept)
            if excluded:
                self._say(learner, "is excluded: the submission is kept, and not graded", False)
                return None
            if used_up:
                self._refuse(job)
                return None
            self._to_grade(job, kept)
        except Changed:
            self._say(learner, "is written anew, which is graded instead", False)
            return None
        except Malformed as error:
            with contextlib.suppress(Malformed):
                job.secret = job.secret or self._arrivals.secret(arrival)
            self._turn_away(job, error)
            return None
        if job.submission.left_out:
            self._say(learner, job.submission.left_out, False)
        return job

    def _to_grade(self, job: AttemptJob, kept: Path) -> None:
        """Have a worker grade next what lies there. Raises Malformed."""
        job.submission = self._folder.read(job.student, kept, self._folder.root / attempts.FOLDER)
        job.what = (job.submission.task,)

    def _keep(self, arrival: Arrival, attempt: Attempt, before: list[Attempt]) -> Path | None:
        """Copy it to where it stays; None for the last one once more: a file was only touched."""
        place = attempt.folder(self._folder.root)
        if place.is_dir():
            if arrival.is_dropped:  # a name can be made up that leads there
                self._arrivals.secret(arrival)
            return place
        if attempt.student not in self._kept:
            self._kept[attempt.student] = _taken_up(place.parent)
        if self._kept[attempt.student] > MAX_KEPT:
            most = f"{MAX_KEPT / 1e6:.0f} MB"
            raise Malformed(f"all that was handed in for this exercise takes up more than {most}")
        with replacing(place) as part:
            part.mkdir()
            for remark in self._arrivals.copy(arrival, part):
                self._say(arrival.learner, remark, False)
            graded = [a.folder(self._folder.root) for a in before if a.score is not None]
            last = [] if arrival.is_dropped else graded[-1:]
            if any(_content(folder) == _content(part) for folder in last):
                shutil.rmtree(part)
                return None
            with contextlib.suppress(Malformed):  # grading it says so
                if read_timestamp(part) is None:
                    write_timestamp(part, arrival.handed_in)
            self._kept[attempt.student] += _taken_up(part)
        return place

    def _resume(self) -> deque[AttemptJob]:
        """What an earlier run left without feedback."""
        with self._gradebook.transaction() as connection:
            rows = attempts.read_attempts(connection, self._folder.exercise)
            excluded = excluded_ids(connection)
        self._arrivals.done.update(row.name for row in rows)
        if self._rules.counted == "best":
            used = (row for row in rows if row.is_used and row.student not in excluded)
            self._used = sorted(used, key=lambda row: (row.student, not row.counts))
        jobs = (self._resumed_job(row) for row in rows if not row.released)
        return deque(job for job in jobs if job is not None)

    def _resumed_job(self, row: Attempt) -> AttemptJob | None:
        kept = row.folder(self._folder.root)
        job = AttemptJob(student=row.student, attempt=row, since=time.monotonic())
        job.secret, job.recorded = _secret(kept), True
        job.event = "what an earlier run left undone"
        if row.score is None:
            self._release(job, self._refusal(job, row.reason))
            return None
        try:
            self._to_grade(job, kept)
            if row.counts:
                placed = self._folder.read(row.student, self._folder.submitted(row.student))
                entry = self._gradebook.entry(row.student)
                if entry is not None and in_place(placed, entry):
                    self._to_feedback(job)
        except Malformed as error:
            if job.submission is None:
                self._turn_away(job, error)
                return None
        return job

    def _again(self, row: Attempt) -> AttemptJob | None:
        """A used attempt, unless what grades now has graded it; of each learner first what counts.

        None of a learner's where the instructor has put something else in submitted/.
        """
        root, student = self._folder.root, row.student
        job = AttemptJob(student=student, attempt=row, since=time.monotonic())
        with contextlib.suppress(Malformed, OSError):
            self._to_grade(job, row.folder(root))
            job.secret, key = _secret(row.folder(root)), job.submission.key
            place = self._folder.submitted(student)
            if row.counts and self._folder.read(student, place).key == key:
                self._in_submitted.add(student)
            return job if student in self._in_submitted and key != row.key else None
        return None

    # What came of it.

    def put(self, job: AttemptJob, result: Any) -> AttemptJob | None:
        """Write down what a worker has graded, or hand out the pages that it has made."""
        if job.do is not grade_task:
            self._release(job, result)
            return None
        try:
            self._write_down(job, job.submission, result)
        except (GradebookError, SQLAlchemyError) as error:
            self.give_up(job, f"the gradebook does not take it: {error}")
            return None
        self.summary.graded += not job.recorded
        self.summary.unreadable += bool(job.attempt.reason)
        self.summary.waiting += job.waits
        job.recorded = True
        return self._to_feedback(job)

    def _to_feedback(self, job: AttemptJob) -> AttemptJob:
        """Have a worker make its pages next."""
        job.do = make_pages
        db = self._folder.course.db_url
        job.what = (self._folder.exercise, job.student, db, job.apart)
        return job

    def _write_down(self, job: AttemptJob, submission: Submission, result: TaskResult) -> None:
        """Write the attempt's row, and where it counts its scores, in one transaction; have it
        then stand in submitted/ and autograded/."""
        folder, gradebook, student = self._folder, self._gradebook, job.student
        notebooks, when = result.notebooks, submission.timestamp
        with contextlib.ExitStack() as after, gradebook.transaction() as connection:
            if not job.recorded:
                self._decide(connection, job, submission, result)
            if job.attempt.counts:
                self._put_in_submitted(job)
                after.enter_context(folder.staged(submission, result))
            attempts.write_attempt(connection, job.attempt)
            if job.attempt.counts:
                entry = folder.entry(submission, result)
                gradebook.record(connection, student, when, notebooks, entry)
            else:
                shown = gradebook.shown_apart(connection, student, when, notebooks)
                data = {notebook.name: notebook.data for notebook in notebooks}
                job.apart = Apart(data, shown, self._pages_of(job.attempt))

    def _decide(
        self, connection: Connection, job: AttemptJob, submission: Submission, result: TaskResult
    ) -> None:
        """Find what the attempt is worth, and whether it counts."""
        gradebook, student, rules = self._gradebook, job.student, self._rules
        before = attempts.read_attempts(connection, self._folder.exercise, student, used=True)
        old = job.attempt
        # A due date, an extension or a test may have changed since it was graded.
        now = gradebook.tests_worth(connection, student)
        before = [replace(a, score=now) if a.counts else a for a in before if a.name != old.name]
        scores = [score for notebook in result.notebooks for score in notebook.scores.values()]
        sums = [sum(score or 0.0 for score in n.scores.values()) for n in result.notebooks]
        points = gradebook.worth(connection, student, submission.timestamp, sums)
        is_used = old.is_used or any(not n.reason for n in result.notebooks)
        key, reason = submission.key if is_used else "", result.reason
        attempt = replace(old, key=key, score=points, graded_at=utc_now(), reason=reason)
        counts = attempts.is_counted(attempt, before, rules.counted)
        job.attempt = replace(attempt, counts=counts, released=False)
        number = 1 + sum(a.is_used for a in before)
        of = f" of {rules.attempts}" if rules.attempts else ""
        when = rules.shown(old.handed_in)
        which = f"attempt of {when}, graded again" if old.is_used else f"attempt {number}{of}"
        job.event = f"{which}: {points:g} of {gradebook.max_score:g} points"
        if None in scores:
            job.event += ", the rest is to be graded by hand"
        if reason:
            job.event = f"can't be read: {reason}"
        if result.remarks:
            job.event += f"; {in_words(result.remarks)}"
            job.waits = any(remark.waits for remark in result.remarks)
        if not job.attempt.counts:
            job.event += "; another attempt counts"
        elif rules.counted == "best" and gradebook.has_tests_waiting(connection, student):
            for earlier in (a for a in before if a.counts and not a.reason):
                place = earlier.folder(self._folder.root).relative_to(self._folder.root)
                job.event += f"; {WAITED.format(place)}"
                job.waits = True

    def _put_in_submitted(self, job: AttemptJob) -> None:
        kept = job.attempt.folder(self._folder.root)
        with replacing(self._folder.submitted(job.student)) as part:
            shutil.copytree(kept, part, copy_function=_copy)

    # What goes back.

    def _release(self, job: AttemptJob, pages: Iterable[Path]) -> None:
        """Give the learner the pages, and say what came of the attempt."""
        self._hand_out(job, pages)
        if job.recorded:
            with self._gradebook.transaction() as connection:
                attempts.mark_released(connection, job.attempt.name)
        seconds = time.monotonic() - job.since
        if job.do is not grade_task:
            self.summary.seconds.append(seconds)
        needed = (bool(job.attempt.reason) and job.attempt.score is not None) or job.waits
        self._say(job.student, f"{job.event}; feedback after {seconds:.1f} s", needed)

    def _hand_out(self, job: AttemptJob, pages: Iterable[Path]) -> None:
        if self._exchange is not None and job.secret:
            self._exchange.release(pages, job.secret)
        if self._outbox is not None:
            time = job.attempt.folder(self._folder.root).name
            for page in pages:
                place = self._outbox / job.student / job.attempt.assignment / time
                put_page(page, place / page.name)

    def _refuse(self, job: AttemptJob) -> None:
        """The learner has handed in as often as is allowed."""
        limit = self._rules.attempts
        times = "once" if limit == 1 else f"{limit} times"
        reason = (
            f"You can hand in this exercise {times}, and have done so. "
            f"What counts is your {self._rules.counted} graded attempt."
        )
        job.attempt = replace(job.attempt, reason=reason, graded_at=utc_now())
        kept = job.attempt.folder(self._folder.root)
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        (kept / SECRET).write_text(job.secret)
        with self._gradebook.transaction() as connection:
            attempts.write_attempt(connection, job.attempt)
        job.recorded = True
        job.event = f"refused, since {limit} of {limit} attempts are used up"
        self.summary.refused += 1
        self._release(job, self._refusal(job, reason))

    def give_up(self, job: AttemptJob, reason: str) -> None:
        """The reason is in the course or on this machine."""
        if job.do is not grade_task:
            self.summary.not_graded += 1
            self._say(job.student, f"graded, but feedback can't be made: {reason}", True)
        else:
            self._turn_away(job, reason, "Your instructor is told the reason.")

    def fail(self, student: str, error: Exception) -> None:
        """Tell the instructor."""
        self.summary.not_graded += 1
        told = f"not done, and tried again when serving begins again: {error!r}"
        self._say(printable(student), told, True)

    def _turn_away(self, job: AttemptJob, reason: object, cause: str = "") -> None:
        """What the learner handed in can't be graded at all, and who is told why; it has no row,
        and is tried again when serving begins again.

        cause: what the learner is told, unless it is the reason.
        """
        self.summary.not_graded += 1
        pages: list[Path] = []
        if job.secret or self._exchange is None:
            cause = cause or f"The reason: {reason}."
            pages = self._refusal(job, f"What you handed in could not be graded. {cause}")
        self._hand_out(job, pages)
        also = "; the learner is told so" if pages else ""
        self._say(job.student, f"not graded: {reason}{also}", True)

    def _refusal(self, job: AttemptJob, reason: str) -> list[Path]:
        names = [handed.name for handed in self._folder.trial().notebooks]
        when = self._rules.shown(job.attempt.handed_in)
        return write_refusal(self._pages_of(job.attempt), names, reason, when)

    def _pages_of(self, attempt: Attempt) -> Path:
        """Where pages on an attempt that doesn't count stay."""
        kept = attempt.folder(self._folder.root)
        return kept.with_name(f"{kept.name}-feedback")


def _secret(folder: Path) -> str:
    """By which the learner fetches the feedback on what is in a folder, or empty."""
    try:
        return read_file(folder / SECRET, MAX_SECRET_BYTES).decode(errors="replace")
    except Malformed:
        return ""


def _taken_up(folder: Path) -> int:
    """Bytes on the disk of what is in a folder; a file of several names is one."""
    states = (path.stat() for path in folder.rglob("*"))
    return sum({state.st_ino: state.st_blocks * 512 for state in states}.values())


def _copy(path: str, to: str) -> None:
    copy_file(path, Path(to), MAX_FILES_BYTES)


def _content(folder: Path) -> str:
    """Hash of the files in a folder but the time stamp."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != TIMESTAMP)
    return hash_of([(str(path.relative_to(folder)), path) for path in files])
