"""Grade everything that was handed in for an exercise, many submissions at a time.

It reads and writes what `nbgrader autograde` does, from the same configuration. Workers grade
(`nbexaminer.conveyor.workers`); this process alone writes. For each submission, in this order: the
graded files into a folder beside their place, the gradebook with the journal's entry in one
transaction, the folder to its place. A run that is killed anywhere between is completed by the
next one.
"""

from __future__ import annotations

import itertools
import shutil
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from nbexaminer.conveyor.folder import (
    CannotGrade,
    ClassFolder,
    Submission,
    content_hash,
    in_place,
    publish,
)
from nbexaminer.conveyor.workers import Pool, Result, Trouble, grade_task
from nbexaminer.examination.dropped import DECISIONS
from nbexaminer.examination.verdicts import Outcome
from nbexaminer.gradebook.journal import Entry
from nbexaminer.gradebook.writer import ClassGradebook, GradebookError
from nbexaminer.intake.names import Malformed, printable
from nbexaminer.typed import typed

ATTEMPTS = 3
"""How often a submission is tried that ends the worker process."""
QUEUED_PER_WORKER = 2
JUDGED = (Outcome.PASSED, Outcome.FAILED, *DECISIONS)
"""How a test ends that comes to a judgement, or for which the instructor has come to one."""
LOST = (BrokenExecutor, CancelledError)
"""What a future raises whose worker is gone; the latter with Dask's scheduler."""
SOLUTION = ""
"""Whose submission the source's own solution counts as; no learner is called so."""
ENOUGH = 3
"""So many learners whom a test did not come to judge make one look at the test."""
FINE, LOOK, CANNOT, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: all graded; something needs the instructor; nothing can be graded; Ctrl-C."""

OpenPool = Callable[[], AbstractContextManager[Pool]]


@dataclass
class Summary:
    """How a run went.

    excluded: how many have handed in whom the instructor has excluded.
    problems: learner and reason of each submission that needs the instructor.
    left_out: learner and reason where something that was handed in is not handed back.
    cells: how each test cell ended, by its notebook and name, for submissions that can be read.
    errors: what a learner was told of each test cell that came to no judgement.
    """

    submissions: int = 0
    graded: int = 0
    unchanged: int = 0
    not_graded: int = 0
    excluded: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    cells: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    errors: dict[tuple[str, str], str] = field(default_factory=dict)
    stopped: bool = False

    @property
    def status(self) -> int:
        """The command's exit status."""
        if self.stopped:
            return INTERRUPTED
        return LOOK if self.problems or self.suspicious() else FINE

    def suspicious(self) -> list[tuple[str, str]]:
        """Test cells that came to judge nobody's answer; how they ended, and for instance why."""
        said = []
        for (notebook, cell), ended in self.cells.items():
            if ended.total() >= ENOUGH and not any(ended[outcome] for outcome in JUDGED):
                how = ", ".join(f"{count} {outcome}" for outcome, count in ended.most_common())
                error = self.errors[notebook, cell].partition("\n")[0]
                said.append((f"{cell} of {notebook}", f"{how}, for instance: {error}"))
        return said


class Run:
    """One run over a class.

    folder, gradebook: where everything is and goes.
    force: grade again what has not changed.
    show: called after each submission.
    only: ids of the learners whose work is graded; everybody's unless given.
    """

    def __init__(
        self,
        folder: ClassFolder,
        gradebook: ClassGradebook,
        force: bool = False,
        show: Callable[[Summary], None] = lambda _: None,
        only: Collection[str] = (),
    ) -> None:
        self._folder = folder
        self._gradebook = gradebook
        self._force = force
        self._show = show
        self._only = only
        self._stop = False
        self._tried = False
        self._lost: Counter[str] = Counter()
        self.summary = Summary()

    def stop(self) -> None:
        """End soon, with nothing half done."""
        self._stop = True

    def grade(self, open_pool: OpenPool) -> Summary:
        """Grade what has to be graded. Raises CannotGrade."""
        students = self._students()
        self.summary.submissions = len(students)
        fresh = self._changed(students)
        suspects: deque[Submission] = deque()
        first = next(fresh, None)
        if first is None:  # so that no pool is opened
            return self.summary
        fresh = itertools.chain([first], fresh)
        while not self._with_pool(open_pool, fresh, suspects):
            pass
        return self.summary

    def _students(self) -> list[tuple[str, Path]]:
        """Those whose work is to be graded, and where it lies."""
        handed_in, excluded = self._folder.students(), self._gradebook.excluded()
        exercise = self._folder.exercise
        for name in dict.fromkeys(self._only):
            if name in excluded:
                advice = f"`{typed('roster --include')} {name}` takes them back"
                reason = f"you have excluded this learner; {advice}"
            elif name not in dict(handed_in):
                reason = f"nothing has been handed in for {exercise} under this name"
            else:
                continue
            self.summary.problems.append((printable(name), f"not graded: {reason}"))
        wanted = [found for found in handed_in if not self._only or found[0] in self._only]
        self.summary.excluded = sum(name in excluded for name, _ in wanted)
        return [found for found in wanted if found[0] not in excluded]

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
    ) -> bool:
        """Grade until all is done, or until the workers are lost: then False."""
        running: dict[Future[Result], Submission] = {}
        try:
            with open_pool() as pool:
                if not self._tried:
                    self._try_solution(pool)
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
        except LOST:
            if not self._tried and self._lost_too_often(SOLUTION):
                said = (
                    "the source's own solution ends the process that grades it; nothing was graded"
                )
                raise CannotGrade(said) from None
            for submission in running.values():
                if self._lost_too_often(submission.student):
                    self._not_graded(submission.student, "it ends the worker process")
                else:
                    suspects.append(submission)
            return False
        return True

    def _lost_too_often(self, whose: str) -> bool:
        self._lost[whose] += 1
        return self._lost[whose] >= ATTEMPTS

    def _try_solution(self, pool: Pool) -> None:
        """Raise CannotGrade where a broken test or solution would cost the class its points."""
        future = pool.executor.submit(grade_task, self._folder.trial())
        done: set[Future[Result]] = set()
        while not done:
            done, _ = wait([future], timeout=0.2)
            if pool.lost():
                raise BrokenExecutor
            if self._stop:
                raise _Stopped
        has_begun(future, "trying the source's own solution failed")
        self._tried = True

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
                _submit(pool, running, suspects.popleft())
            return True
        while len(running) < QUEUED_PER_WORKER * pool.workers and not self._stop:
            following = next(fresh, None)
            if following is None:
                break
            _submit(pool, running, following)
        return bool(running)

    def _finish(self, submission: Submission, future: Future[Result]) -> None:
        student = submission.student
        try:
            result = future.result()
        except LOST:
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
        tests = entry.tests()
        self.summary.outcomes.update(test["outcome"] for test in tests)
        for test in tests:
            cell = test["notebook"], test["cell"]
            if test["outcome"] != Outcome.MALFORMED:
                self.summary.cells.setdefault(cell, Counter())[test["outcome"]] += 1
            if test["outcome"] not in JUDGED:
                self.summary.errors[cell] = test["message"]
        if entry.reason:
            self.summary.problems.append((student, f"set aside: {entry.reason}"))
        self._show(self.summary)

    def _not_graded(self, student: str, reason: str) -> None:
        self.summary.not_graded += 1
        self.summary.problems.append((student, f"not graded: {reason}"))
        self._show(self.summary)


def has_begun(future: Future[Any], failed: str) -> None:
    """Raise CannotGrade where a worker could not do what a run begins with, with `failed` in it."""
    try:
        result = future.result()
    except LOST:
        raise
    except Exception as error:
        raise CannotGrade(f"{failed}: {error!r}") from None
    if isinstance(result, Result) and result.trouble is not None:
        raise CannotGrade(f"{result.trouble}: {result.details}")


def _submit(pool: Pool, running: dict[Future[Result], Submission], submission: Submission) -> None:
    try:
        future = pool.executor.submit(grade_task, submission.task)
    except BrokenExecutor:  # since the last look; this one is to be graded all the same
        running[Future()] = submission
        raise
    running[future] = submission


class _Stopped(Exception):
    """Someone called `Run.stop`."""
