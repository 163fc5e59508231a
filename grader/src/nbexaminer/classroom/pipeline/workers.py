"""Grade submissions in other processes, here or on a Dask cluster.

A `Task` has everything that grading one learner's submission takes, as bytes; `grade_task`
turns it into a `TaskResult`. Neither knows of a course folder, a gradebook or nbgrader.
"""

import contextlib
import dataclasses
import functools
import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import nbexaminer.startup  # noqa: F401  before anything that imports nbformat
from nbexaminer.classroom.pipeline.fingerprint import grading_version, grounds
from nbexaminer.errors import CannotGrade, SandboxUnavailable, SourceError
from nbexaminer.judging.notebook.cell import Role, cells_of
from nbexaminer.judging.notebook.source import Source, read_source
from nbexaminer.judging.session.engine import Engine, Terms, as_unreadable, engine_for, engines
from nbexaminer.judging.session.trial import Tried, try_blank, try_solution, try_ways
from nbexaminer.judging.session.verdicts import REMARK, GradedNotebook, Remark

OTHER_VERSION = (
    "the worker has another version of the course, Python or torch: install the same on every "
    "machine"
)
UNTRIED = (
    "the source's own solution is not tried, as c.MarkingRules.untried has it: a broken test can "
    "cost everybody its points"
)
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Handed:
    """One notebook of a submission.

    submitted: what was handed in, or why there is nothing to read.
    beside: the name of another notebook that may be the one that is meant, or empty.
    own: what the answers find in their working folder, as `pack` gives it, where the learner's own
        files count there.
    """

    name: str
    source: Source
    submitted: bytes | str
    beside: str = ""
    own: bytes = b""


class Trial(StrEnum):
    """What of the sources is tried before a submission is graded."""

    WHOLE = "whole"
    """Their own solutions, and the notebooks as they are handed out."""
    GIVEN = "given"
    """Only the latter: the sources need have no solutions."""


@dataclass(frozen=True)
class Task:
    """One learner's submission.

    name: of the exercise.
    terms: on which it is graded.
    secret: the course folder, which learners' code must not see.
    versions: `grading_version` of each source notebook; a worker with another refuses.
    trial: what is tried instead; what comes back is only what the instructor has to know.
    """

    name: str
    notebooks: tuple[Handed, ...]
    terms: Terms
    secret: Path
    versions: tuple[str, ...]
    trial: Trial | None = None


@dataclass(frozen=True)
class TaskResult:
    """What a task gives: a graded notebook for each one handed in.

    told: of a trial, what the instructor has to know.
    """

    notebooks: tuple[GradedNotebook, ...]
    told: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why notebooks could not be read, or empty."""
        return "; ".join(f"{n.name}: {n.reason}" for n in self.notebooks if n.reason)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said of answers that were not found as usual."""
        return tuple(remark for notebook in self.notebooks for remark in notebook.remarks)

    def verdicts(self) -> str:
        """JSON, for the journal."""
        listed = [
            {"notebook": n.name} | vars(v) | {"message": v.message.as_data()}
            for n in self.notebooks
            for v in n.verdicts
        ]
        listed += [{"notebook": n.name} | vars(r) for n in self.notebooks for r in n.remarks]
        return json.dumps(listed, ensure_ascii=False, sort_keys=True)


def grade_task(task: Task) -> TaskResult:
    """Grade a submission in this process, which keeps its engine for the next one.

    Raises SourceError, and CannotGrade where nothing can be graded here.
    """
    # On this machine the course may lie in another folder.
    here = dataclasses.replace(task.terms, profile=task.terms.profile.found_here())
    versions = tuple(grading_version(h.source.data, here.profile) for h in task.notebooks)
    if versions != task.versions:
        raise CannotGrade(OTHER_VERSION)
    try:
        with _one_at_a_time:
            engine = engine_for(here, task.secret)
            if task.trial is None:
                return TaskResult(tuple(_grade(engine, handed) for handed in task.notebooks))
            told = [UNTRIED] if task.trial is Trial.GIVEN else []
            for handed, version in zip(task.notebooks, versions, strict=True):
                source = handed.source
                told += _try_once(
                    engine, task.trial, task.name, handed.name, source.data, source.delimiters,
                    source.files, version,
                )  # fmt: skip
            return TaskResult((), tuple(told))
    except SourceError as error:
        raise SourceError(f"the source notebook is at fault: {error}") from None
    except SandboxUnavailable as error:  # can't be sent between processes
        raise CannotGrade(f"there is no sandbox: {error}") from None


@functools.lru_cache
def _try_once(
    engine: Engine,
    trial: Trial,
    exercise: str,
    name: str,
    source: bytes,
    delimiters: str,
    files: bytes,
    version: str,
) -> tuple[str, ...]:
    """A trial of what this process has not tried: the formgrader's grades one by one."""
    try:
        read = dataclasses.replace(read_source(source, delimiters), files=files)
        if trial is Trial.GIVEN:
            told = try_blank(engine, read)
        else:
            told = try_solution(engine, read, exercise)
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from None
    return tuple(f"{name}: {text}" for text in told)


def ways_tried(task: Task) -> Iterator[tuple[Handed, list[Tried]]]:
    """How the test cells of each notebook of a trial have to be run. Raises SourceError."""
    engine = engine_for(task.terms, task.secret)
    for handed in task.notebooks:
        yield handed, try_ways(engine, handed.source)


def _grade(engine: Engine, handed: Handed) -> GradedNotebook:
    """Scores and comments by nbgrader's rules, and the file in its layout."""
    import nbformat  # so that it comes behind `startup`

    if isinstance(handed.submitted, str):
        examined = as_unreadable(handed.source, handed.submitted)
    else:
        examined = engine.grade(handed.source, handed.submitted, handed.beside, handed.own)
    earned = {verdict.cell: verdict.points for verdict in examined.verdicts}
    remarks = {remark.answer: remark for remark in examined.remarks}
    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    for cell in cells_of(examined.notebook):
        untouched = cell.is_awaited and cell.source == handed.source.stubs[cell.name].text
        if cell.role is Role.TEST:  # one without code is not run, and costs nothing
            scores[cell.name] = earned.get(cell.name, cell.points)
        elif cell.is_graded:
            scores[cell.name] = 0.0 if untouched else None
            if cell.decision is not None and not examined.reason:
                scores[cell.name] = cell.points
        if cell.grade_id in examined.waiting:
            scores[cell.name] = None
        if cell.role is Role.ANSWER or cell.is_task:
            comments[cell.name] = "No response." if untouched else None
            if remark := remarks.get(cell.name):
                comments[cell.name] = f"{REMARK}{remark.text}."
    notebook: Any = nbformat.from_dict(examined.notebook)
    text = nbformat.v4.writes(notebook)
    data = (text if text.endswith("\n") else text + "\n").encode()
    return GradedNotebook(
        handed.name, data, scores, comments, examined.verdicts, grounds(notebook), examined.reason,
        examined.remarks,
    )  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """Workers, and how many.

    lost: whether they can't be reached any more, which their futures may never say.
    """

    executor: Executor
    workers: int
    lost: Callable[[], bool] = lambda: False


class _Here(Executor):
    """Does a thing as soon as it is asked for, in this process."""

    def submit(self, do: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(do(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextlib.contextmanager
def here() -> Iterator[Pool]:
    """This process alone, whose engine stays warm for the next time."""
    yield Pool(_Here(), 1)


@contextlib.contextmanager
def local_pool(jobs: int, terms: Terms, secret: Path) -> Iterator[Pool]:
    """Worker processes on this machine. An exception ends them at once.

    terms, secret: those of the tasks. Raises SandboxUnavailable.
    """
    context = multiprocessing.get_context("spawn")
    shared = (engine_for(terms, secret), terms)
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin_worker, initargs=shared)
    try:
        yield Pool(pool, jobs)
    except BaseException:
        # A learner's endless loop would hold a polite end up for minutes.
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin_worker(engine: Engine, terms: Terms) -> None:
    """Leave Ctrl-C to the parent, whose engine this worker shares, and don't outlive it."""
    engines[terms] = engine
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def dask_pool(address: str) -> Iterator[Pool]:
    """The workers of a Dask scheduler.

    Raises ModuleNotFoundError where Dask is not installed, OSError where nobody answers or
    no worker comes within a minute.
    """
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=60)
        executor = client.get_executor(pure=False)
        try:
            workers = len(client.scheduler_info(n_workers=-1)["workers"])
            yield Pool(executor, workers, lambda: client.status != "running")
        finally:
            executor.shutdown(wait=False)
