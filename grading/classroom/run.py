"""Grade everything that was handed in for an exercise, many submissions at a time.

It reads and writes what `nbgrader autograde` does, from the same configuration. Workers grade
(`grading.classroom.workers`); this process alone writes. For each submission, in this order: the
graded files into a folder beside their place, the gradebook with the journal's entry in one
transaction, the folder to its place. A run that is killed anywhere between is completed by the
next one.
"""

from __future__ import annotations

import itertools
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from grading.classroom.folder import (
    CannotGrade,
    ClassFolder,
    Submission,
    content_hash,
    in_place,
    publish,
)
from grading.classroom.gradebook import ClassGradebook, GradebookError
from grading.classroom.journal import Entry
from grading.classroom.workers import Pool, Result, Trouble, grade_task
from grading.submission.names import Malformed, printable

ATTEMPTS = 3
"""How often a submission is tried that ends the worker process."""
QUEUED_PER_WORKER = 2
FINE, LOOK, CANNOT, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: all graded; something needs the instructor; nothing can be graded; Ctrl-C."""

OpenPool = Callable[[], AbstractContextManager[Pool]]


@dataclass
class Summary:
    """How a run went.

    problems: learner and reason of each submission that needs the instructor.
    left_out: learner and reason where something that was handed in is not handed back.
    """

    submissions: int = 0
    graded: int = 0
    unchanged: int = 0
    not_graded: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False

    @property
    def status(self) -> int:
        """The command's exit status."""
        if self.stopped:
            return INTERRUPTED
        return LOOK if self.problems else FINE


class Run:
    """One run over a class.

    folder, gradebook: where everything is and goes.
    force: grade again what has not changed.
    show: called after each submission.
    """

    def __init__(
        self,
        folder: ClassFolder,
        gradebook: ClassGradebook,
        force: bool = False,
        show: Callable[[Summary], None] = lambda _: None,
    ) -> None:
        self._folder = folder
        self._gradebook = gradebook
        self._force = force
        self._show = show
        self._stop = False
        self.summary = Summary()

    def stop(self) -> None:
        """End soon, with nothing half done."""
        self._stop = True

    def grade(self, open_pool: OpenPool) -> Summary:
        """Grade what has to be graded. Raises CannotGrade."""
        students = self._folder.students()
        self.summary.submissions = len(students)
        fresh = self._changed(students)
        suspects: deque[Submission] = deque()
        broken: Counter[str] = Counter()
        first = next(fresh, None)
        if first is None:  # so that no pool is opened
            return self.summary
        fresh = itertools.chain([first], fresh)
        while True:
            lost = self._with_pool(open_pool, fresh, suspects)
            for submission in lost:
                broken[submission.student] += 1
                if broken[submission.student] < ATTEMPTS:
                    suspects.append(submission)
                else:
                    self._not_graded(submission.student, "it ends the worker process")
            if not lost:
                return self.summary

    def _changed(self, students: list[tuple[str, Path]]) -> Iterator[Submission]:
        """What has to be graded; the others are counted."""
        for student, handed_in in students:
            try:
                submission = self._folder.read(student, handed_in)
            except (Malformed, OSError) as error:
                self._not_graded(printable(student), f"{error}")
                continue
            entry = self._gradebook.entry(student)
            if self._force or not in_place(submission, entry):
                yield submission
                continue
            assert entry is not None
            self.summary.unchanged += 1
            self._count(student, entry)

    def _with_pool(
        self,
        open_pool: OpenPool,
        fresh: Iterator[Submission],
        suspects: deque[Submission],
    ) -> list[Submission]:
        """Grade until all is done, or until the workers are lost with these submissions."""
        running: dict[Future[Result], Submission] = {}
        try:
            with open_pool() as pool:
                while self._feed(pool, running, fresh, suspects):
                    done, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
                    if pool.lost():
                        raise BrokenExecutor
                    for future in done:
                        self._finish(running[future], future)
                        del running[future]
                    if self._stop:
                        raise _Stopped
        except _Stopped:
            self.summary.stopped = True
        except BrokenExecutor:
            return list(running.values())
        return []

    def _feed(
        self,
        pool: Pool,
        running: dict[Future[Result], Submission],
        fresh: Iterator[Submission],
        suspects: deque[Submission],
    ) -> bool:
        """Keep the workers busy; whether there is anything to wait for.

        One of the suspects ended its worker, and the others' with it: they run one by one.
        """
        if suspects:
            if not running:
                submission = suspects.popleft()
                running[pool.executor.submit(grade_task, submission.task)] = submission
            return True
        while len(running) < QUEUED_PER_WORKER * pool.workers and not self._stop:
            following = next(fresh, None)
            if following is None:
                break
            running[pool.executor.submit(grade_task, following.task)] = following
        return bool(running)

    def _finish(self, submission: Submission, future: Future[Result]) -> None:
        student = submission.student
        try:
            result = future.result()
        except BrokenExecutor:
            raise
        except Exception as error:  # whatever it is, the others are to be graded
            self._not_graded(student, f"grading failed: {error!r}")
            return
        if result.trouble in (Trouble.SANDBOX, Trouble.VERSION):
            raise CannotGrade(f"{result.trouble}: {result.details}")
        if result.trouble is not None:
            self._not_graded(student, f"{result.trouble}: {result.details}")
            return
        names = [notebook.name for notebook in result.notebooks]
        staged = self._folder.stage(submission, result.notebooks)
        content = content_hash(staged, names)
        assert content is not None
        reasons = [f"{n.name}: {n.reason}" for n in result.notebooks if n.reason]
        entry = Entry(submission.key, content, "; ".join(reasons), result.verdicts())
        try:
            self._gradebook.record(student, submission.timestamp, result.notebooks, entry)
        except OperationalError as error:
            raise CannotGrade(f"the gradebook can't be written: {error.orig}") from None
        except (GradebookError, SQLAlchemyError) as error:
            shutil.rmtree(staged)
            self._not_graded(student, f"the gradebook does not take it: {error}")
            return
        publish(staged, submission.graded)
        if submission.left_out:
            self.summary.left_out.append((student, submission.left_out))
        self.summary.graded += 1
        self._count(student, entry)

    def _count(self, student: str, entry: Entry) -> None:
        self.summary.outcomes.update(v["outcome"] for v in entry.tests())
        if entry.reason:
            self.summary.problems.append((student, f"set aside: {entry.reason}"))
        self._show(self.summary)

    def _not_graded(self, student: str, reason: str) -> None:
        self.summary.not_graded += 1
        self.summary.problems.append((student, f"not graded: {reason}"))
        self._show(self.summary)


class _Stopped(Exception):
    """Someone called `Run.stop`."""
