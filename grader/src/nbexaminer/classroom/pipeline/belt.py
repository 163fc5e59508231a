"""The conveyor: submissions go through workers, and what comes of them back to where they are from.

It keeps the workers busy, tries the source's own solution first, goes on where workers are lost,
and has the trouble of one submission be nobody else's. Where submissions come from, and what
becomes of them, others know: `submitted` of a class that has handed in, `desk` of one that is
handing in.
"""

import threading
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from nbexaminer.classroom.pipeline.workers import Pool, Task, grade_task
from nbexaminer.errors import CannotGrade, GradebookUnavailable, SourceError

TRIES = 3
"""How often a submission is tried that ends the worker process."""
AHEAD = 2
"""Submissions under way for each worker, so that none waits for this process."""
PAUSE = 0.2
"""Seconds between two looks at what is new."""
BUSY_SECONDS = 2.0
"""How long what can't be used now is left alone."""
LOST = (BrokenExecutor, CancelledError)
"""What a future raises whose worker is gone; the latter with Dask's scheduler."""

OpenPool = Callable[[], AbstractContextManager[Pool]]
T = TypeVar("T")
J = TypeVar("J", bound="Job")


@dataclass(eq=False, kw_only=True)
class Job:
    """A submission on its way.

    do, what: what a worker does next, a function and its arguments.
    submission: what was read of it, for who gives and takes it.
    lost: how often a worker ended on it, or could not do it.
    """

    student: str
    do: Callable[..., Any] = grade_task
    what: tuple[Any, ...] = ()
    submission: Any = None
    lost: int = 0


class Submissions(Protocol[J]):
    """Where submissions come from, and what becomes of them."""

    def look(self) -> None:
        """Find what is new; called every now and then. May raise OSError."""

    def take(self, busy: Collection[str]) -> J | None:
        """The next one of a learner who is not among the `busy`; None: not now."""

    def ended(self) -> bool:
        """Whether nothing more will come."""

    def put(self, job: J, result: Any) -> J | None:
        """Take what a worker gave; gives the job where something is left to be done."""

    def give_up(self, job: J, reason: str) -> None:
        """Take a submission with which a worker could not do what was asked."""

    def fail(self, student: str, error: Exception) -> None:
        """Take note that one of the others failed with a submission."""


class Stopped(Exception):
    """Someone called `Conveyor.stop`."""


class Conveyor(Generic[J]):
    """One run.

    trial: to be done before anything else, unless nothing is to be done.
    warm: what each worker does first, so that it need not later.
    ready: told when workers are, with what the trial found that the instructor has to know.
    waiting: told what is waited for: a gradebook or a folder that can't be used now.
    tries: how often these are tried before the run ends with their error; None: for ever.
    """

    def __init__(
        self,
        submissions: Submissions[J],
        trial: Task,
        *,
        warm: Callable[[], None] | None = None,
        ready: Callable[[tuple[str, ...]], None] = lambda _: None,
        waiting: Callable[[str], None] = lambda _: None,
        tries: int | None = 1,
    ) -> None:
        self._submissions, self._trial = submissions, trial
        self._warm, self._ready, self._waiting, self._tries = warm, ready, waiting, tries
        self._jobs: deque[J] = deque()
        self._running: dict[Future[Any], J] = {}
        self._stop = threading.Event()
        self._tried = False
        self._broken = 0

    def stop(self) -> None:
        """End soon, with nothing half done."""
        self._stop.set()

    def run(self, open_pool: OpenPool) -> bool:
        """Go on until no more submissions come; False where it was stopped before.

        Raises CannotGrade, and where patience ends GradebookUnavailable and OSError.
        """
        try:
            self._patiently(self._submissions.look, OSError)
            self._fetch()
            while self._jobs or not self._submissions.ended():
                if self._with_pool(open_pool):
                    break
        except Stopped:
            return False
        return True

    def _with_pool(self, open_pool: OpenPool) -> bool:
        """Go on until all is done, or until workers are lost: then False."""
        try:
            with open_pool() as pool:
                self._begin(pool)
                self._broken = 0
                while self._turn(pool):
                    pass
        except LOST:
            self._broken += 1
            if self._broken == TRIES:
                why = "the worker processes keep ending: is the machine short of memory?"
                if not self._tried:
                    why = "the source's own solution ends the process that grades it; nothing was "
                    why += "graded"
                raise CannotGrade(why) from None
            for job in self._running.values():
                job.lost += 1
            self._jobs.extendleft(self._running.values())
            self._running.clear()
            return False
        return True

    def _begin(self, pool: Pool) -> None:
        """Warm all workers up, and try the solution: a broken test would cost a class its points.

        Raises CannotGrade.
        """
        futures: list[Future[Any]] = []
        if self._warm is not None:
            futures = [pool.executor.submit(self._warm) for _ in range(pool.workers)]
        if not self._tried:
            futures.append(pool.executor.submit(grade_task, self._trial))
        while wait(futures, timeout=PAUSE).not_done:
            self._end_if_lost_or_stopped(pool)
        for future in futures:
            try:
                result = future.result()
            except LOST:
                raise
            except (SourceError, CannotGrade) as error:
                raise CannotGrade(str(error)) from None
            except Exception as error:
                raise CannotGrade(f"grading or feedback can't begin: {error!r}") from None
        if not self._tried:
            self._tried = True
            self._ready(result.told)

    def _turn(self, pool: Pool) -> bool:
        """Feed the workers once, and take what is done; whether there may be more to do."""
        self._patiently(self._submissions.look, OSError)
        self._feed(pool)
        if self._running:
            done, _ = wait(self._running, timeout=PAUSE, return_when=FIRST_COMPLETED)
            if pool.lost():
                raise BrokenExecutor
            for future in done:
                self._finish(future)
        elif not self._jobs:
            if self._submissions.ended():
                return False
            self._stop.wait(PAUSE)
        self._end_if_lost_or_stopped(pool)
        return True

    def _end_if_lost_or_stopped(self, pool: Pool) -> None:
        if pool.lost():
            raise BrokenExecutor
        if self._stop.is_set():
            raise Stopped

    def _feed(self, pool: Pool) -> None:
        """Keep the workers busy; a submission that may have ended a worker runs alone."""
        while len(self._running) < AHEAD * pool.workers and not self._stop.is_set():
            if any(job.lost for job in self._running.values()):
                return
            if not self._jobs:
                self._fetch()
            if not self._jobs or (self._jobs[0].lost and self._running):
                return
            job = self._jobs.popleft()
            if job.lost >= TRIES:
                self._give_up(job, "it ends the worker process")
                continue
            try:
                future = pool.executor.submit(job.do, *job.what)
            except LOST:  # since the last look
                self._running[Future()] = job
                raise
            self._running[future] = job

    def _fetch(self) -> None:
        busy = {job.student for job in self._running.values()}
        job = self._patiently(lambda: self._submissions.take(busy))
        if job is not None:
            self._jobs.append(job)

    def _finish(self, future: Future[Any]) -> None:
        job = self._running[future]
        try:
            result = future.result()
        except (CannotGrade, *LOST):
            raise
        except Exception as error:
            del self._running[future]
            job.lost += 1
            if job.do is not grade_task and job.lost < TRIES:  # the gradebook may have been in use
                self._jobs.append(job)
            elif isinstance(error, SourceError):
                self._give_up(job, str(error))
            else:
                failed = "grading failed: " if job.do is grade_task else ""
                self._give_up(job, f"{failed}{error!r}")
            return
        del self._running[future]
        more = self._guarded(job.student, partial(self._submissions.put, job, result))
        if more is not None:
            self._jobs.appendleft(more)

    def _give_up(self, job: J, reason: str) -> None:
        self._guarded(job.student, partial(self._submissions.give_up, job, reason))

    def _guarded(self, student: str, do: Callable[[], T]) -> T | None:
        """Have the trouble of one submission be nobody else's."""
        try:
            return self._patiently(do)
        except (Stopped, CannotGrade, GradebookUnavailable, *LOST):
            raise
        except Exception as error:
            self._submissions.fail(student, error)
            return None

    def _patiently(self, do: Callable[[], T], *also: type[Exception]) -> T:
        """Do it when the gradebook can be used, and where `also` is not raised any more."""
        waited_for: tuple[type[Exception], ...] = (GradebookUnavailable, *also)
        tries = 0
        while True:
            try:
                return do()
            except waited_for as error:
                tries += 1
                if tries == self._tries:
                    raise
                if tries == 1:
                    self._waiting(str(error))
                self._stop.wait(BUSY_SECONDS)
                if self._stop.is_set():
                    raise Stopped from None
