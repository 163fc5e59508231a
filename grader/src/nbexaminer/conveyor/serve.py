"""Serve an exercise: have workers grade what comes in, as soon as it does."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, TypeVar

from nbexaminer.conveyor.arrivals import Arrival, Arrivals
from nbexaminer.conveyor.desk import Desk, Job, Say
from nbexaminer.conveyor.folder import CannotGrade, ClassFolder
from nbexaminer.conveyor.freshness import Freshness
from nbexaminer.conveyor.give_feedback import Wanted, make_pages, warm_up
from nbexaminer.conveyor.run import ATTEMPTS as TRIES
from nbexaminer.conveyor.run import LOST, has_begun
from nbexaminer.conveyor.scratch import url_in
from nbexaminer.conveyor.workers import Pool, Result, grade_task
from nbexaminer.database import GradebookUnavailable
from nbexaminer.intake.names import printable
from nbexaminer.typed import typed

PAUSE = 0.2
"""Seconds between two looks at the folder; more where a look takes long."""
LOOKING = 0.1
"""The most of its time that goes into looking."""
CHECK_SECONDS = 5.0
"""How often it is checked whether what grades has changed."""
BUSY_SECONDS, BUSY_TRIES = 2.0, 5
"""How long what can't be used now is left alone, and how often, where it is not for ever."""
OUTDATED = (
    "the source notebook of {0}, or the code that grades it, has changed. What came in before is "
    "graded as it was. Run `{1} {0}` to grade it again, then serve again"
)

OpenPool = Callable[[], AbstractContextManager[Pool]]
T = TypeVar("T")


class Serving:
    """Serves one exercise.

    once: end when everything that is there has been dealt with.
    """

    def __init__(
        self, folder: ClassFolder, arrivals: Arrivals, desk: Desk, say: Say, once: bool = False
    ) -> None:
        self._folder, self._arrivals, self._desk = folder, arrivals, desk
        self._say, self._once = say, once
        self._waiting: deque[Arrival] = deque()
        self._jobs: deque[Job] = deque()
        self._running: dict[Future[Any], Job] = {}
        self._stop = threading.Event()
        self._next_look = self._next_check = 0.0
        self._fresh = Freshness(folder)
        self._tried = False
        self._broken = 0

    def stop(self) -> None:
        """End soon, with nothing half done."""
        self._stop.set()

    def serve(self, open_pool: OpenPool) -> None:
        """Grade what comes in, until stopped.

        Raises CannotGrade; with `once` also GradebookUnavailable and OSError, else it waits until
        gradebook and folder can be used again.
        """
        try:
            self._jobs.extend(self._patiently(self._desk.resume, OSError))
            while not self._with_pool(open_pool):
                pass
        except _Stopped:
            pass

    def _with_pool(self, open_pool: OpenPool) -> bool:
        """Serve until all is done, or until workers are lost: then False."""
        try:
            with open_pool() as pool:
                self._begin(pool)
                self._broken = 0
                while self._step(pool):
                    pass
        except LOST:
            self._broken += 1
            if self._broken == TRIES:
                raise CannotGrade(
                    "the worker processes keep ending: is the machine short of memory?"
                ) from None
            for job in self._running.values():
                job.lost += 1
            self._jobs.extendleft(self._running.values())
            self._running.clear()
            return False
        return True

    def _begin(self, pool: Pool) -> None:
        """Start all workers, and try the solution."""
        futures: list[Future[Any]] = [pool.executor.submit(warm_up) for _ in range(pool.workers)]
        if not self._tried:
            futures.append(pool.executor.submit(grade_task, self._folder.trial()))
        while wait(futures, timeout=PAUSE).not_done:
            self._end_if_stopped()
        for future in futures:
            has_begun(future, "grading or feedback can't begin")
        if not self._tried:
            self._tried = True
            self._say("", f"ready: {self._arrivals.top} is watched", False)

    def _end_if_stopped(self) -> None:
        if self._stop.is_set():
            raise _Stopped

    def _step(self, pool: Pool) -> bool:
        """One turn; whether there may be more to do."""
        self._end_if_stopped()
        now = time.monotonic()
        if now >= self._next_check:
            self._next_check = now + CHECK_SECONDS
            if self._fresh.is_outdated():
                raise CannotGrade(OUTDATED.format(self._folder.exercise, typed("grade")))
        if now >= self._next_look:
            self._patiently(self._look, OSError)
            took = time.monotonic() - now
            self._next_look = time.monotonic() + max(PAUSE, took / LOOKING)
        self._feed(pool)
        if self._running:
            done, _ = wait(self._running, timeout=PAUSE, return_when=FIRST_COMPLETED)
            for future in done:
                self._finish(future)
        elif not self._waiting and not self._jobs:
            if self._once and not self._arrivals.settling:
                return False
            self._stop.wait(PAUSE)
        return True

    def _look(self) -> None:
        self._waiting.extend(self._arrivals.look())
        for name, reason in self._arrivals.odd():
            self._desk.tally.not_graded += 1
            self._say("", f"not taken: {name}: {reason}", True)

    def _patiently(self, do: Callable[[], T], *also: type[Exception]) -> T:
        """Do it when the gradebook can be used, and where `also` is not raised any more."""
        waited_for: tuple[type[Exception], ...] = (GradebookUnavailable, *also)
        tries = 0
        while True:
            try:
                return do()
            except waited_for as error:
                tries += 1
                if self._once and tries == BUSY_TRIES:
                    raise
                if tries == 1:
                    self._say("", f"waiting: {error}", True)
                self._stop.wait(BUSY_SECONDS)
                self._end_if_stopped()

    def _feed(self, pool: Pool) -> None:
        """Keep the workers busy; who may have ended a worker runs alone."""
        while len(self._running) <= pool.workers:
            if self._jobs:
                alone = self._jobs[0].lost or any(job.lost for job in self._running.values())
                if alone and self._running:
                    return
                job = self._jobs.popleft()
                if job.lost < TRIES:
                    self._start(pool, job)
                else:
                    said = "it ends the worker process"
                    self._guarded(job.attempt.student, partial(self._give_up, job, said))
                continue
            if any(job.lost for job in self._running.values()):
                return
            arrival = self._next_arrival()
            if arrival is None:
                return
            self._guarded(arrival.learner, partial(self._admit, arrival))

    def _next_arrival(self) -> Arrival | None:
        """The first of a learner of whom nothing is under way: one after the other."""
        busy = {job.attempt.student for job in self._running.values()}
        for arrival in self._waiting:
            if arrival.learner not in busy:
                self._waiting.remove(arrival)
                return arrival
        return None

    def _admit(self, arrival: Arrival) -> None:
        job = self._desk.admit(arrival)
        if job is not None:
            self._jobs.append(job)

    def _start(self, pool: Pool, job: Job) -> None:
        try:
            if job.graded:
                student = job.attempt.student
                db = url_in(job.apart) if job.apart else self._folder.course.db_url
                wanted = Wanted(self._folder.exercise, student, db, job.apart)
                future: Future[Any] = pool.executor.submit(make_pages, wanted)
            else:
                assert job.submission is not None
                future = pool.executor.submit(grade_task, job.submission.task)
        except LOST:  # since the last look
            self._running[Future()] = job
            raise
        self._running[future] = job

    def _finish(self, future: Future[Any]) -> None:
        job = self._running[future]
        try:
            result = future.result()
        except LOST:
            raise
        except Exception as error:
            del self._running[future]
            job.lost += 1
            self._guarded(job.attempt.student, partial(self._try_again, job, error))
            return
        del self._running[future]
        self._guarded(job.attempt.student, partial(self._go_on, job, result))

    def _go_on(self, job: Job, result: Any) -> None:
        if not isinstance(result, Result):
            self._desk.release(job, result)
            return
        self._desk.record(job, result)
        if job.graded:
            self._jobs.appendleft(job)

    def _try_again(self, job: Job, error: Exception) -> None:
        if job.graded and job.lost < TRIES:  # the gradebook may have been in use
            self._jobs.append(job)
        else:
            self._give_up(job, repr(error))

    def _give_up(self, job: Job, reason: str) -> None:
        if not job.graded:
            self._desk.give_up(job, reason)
            return
        self._desk.tally.not_graded += 1
        said = f"graded, but feedback can't be made: {reason}"
        self._say(job.attempt.student, said, True)

    def _guarded(self, learner: str, do: Callable[[], None]) -> None:
        """Have the trouble of one submission be nobody else's."""
        try:
            self._patiently(do)
        except (_Stopped, CannotGrade, GradebookUnavailable, *LOST):
            raise
        except Exception as error:
            self._desk.tally.not_graded += 1
            said = f"not done, and tried again when serving begins again: {error!r}"
            self._say(printable(learner), said, True)


class _Stopped(Exception):
    """Someone called `Serving.stop`."""
