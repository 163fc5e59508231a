"""Grade everything that was handed in for an exercise: `python -m grading grade EXERCISE`.

It reads and writes what `nbgrader autograde` does, from the same configuration, many
submissions at a time. Workers grade (`grading.classroom.workers`); this process alone writes. For
each submission, in this order: the graded files into a folder beside their place, the gradebook
with the journal's entry in one transaction, the folder to its place. A run that is killed
anywhere between is completed by the next one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import glob
import itertools
import os
import re
import shutil
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import find_all_files
from rich.console import Console
from rich.markup import escape
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from grading.classroom.console import CANNOT, Summary, progress_bar, report
from grading.classroom.fingerprint import digest, grading_version
from grading.classroom.gradebook import ClassGradebook, GradebookError
from grading.classroom.journal import Entry
from grading.classroom.workers import (
    GradedNotebook,
    Handed,
    Pool,
    Result,
    Task,
    Trouble,
    dask_pool,
    grade_task,
    local_pool,
)
from grading.sandbox.limits import Limits
from grading.sandbox.view import SandboxUnavailable
from grading.submission.graft import SourceError, read_source
from grading.submission.intake import Malformed, read_file, read_timestamp, unfit_files

ATTEMPTS = 3
"""How often a submission is tried that ends the worker process."""
QUEUED_PER_WORKER = 2


OpenPool = Callable[[], AbstractContextManager[Pool]]


class CannotGrade(RuntimeError):
    """Nothing, or nothing more, can be graded; the message says why and what to do."""


@dataclass(frozen=True)
class Submission:
    """What a learner handed in.

    files: what is copied beside the graded notebooks, by their place there.
    left_out: what is not, and why, or empty.
    key: hash of all that the grades depend on.
    """

    student: str
    graded: Path
    task: Task
    files: dict[str, Path]
    left_out: str
    timestamp: datetime.datetime | None
    key: str


class Course:
    """A course folder and its configuration, as `nbgrader autograde` reads them.

    exercise: the assignment.
    db: URL of the gradebook, instead of the configured one.
    unsafe: run learners' code without a sandbox.
    Raises CannotGrade where there is no such source notebook, or it is at fault.
    """

    def __init__(self, exercise: str, db: str | None = None, unsafe: bool = False) -> None:
        self._app = AutogradeApp(log_level="WARN")
        self._app.initialize([])
        self.exercise = exercise
        self._course = self._app.coursedir
        self._course.assignment_id = exercise
        url = make_url(db or self._course.db_url)
        if url.drivername == "postgresql":  # which driver that is depends on SQLAlchemy's version
            url = url.set(drivername="postgresql+psycopg2")
        self._course.db_url = url.render_as_string(hide_password=False)
        self._converter = Autograde(coursedir=self._course, parent=self._app)
        reader = self._app.config.SubmissionReader
        self._unsafe = unsafe or bool(reader.get("unsafe_no_sandbox", False))
        self._limits = Limits(**reader.get("limits", {}))
        self.root = Path(self._course.root)
        self._source = Path(self._path(self._course.source_directory, "."))
        pattern = f"{glob.escape(str(self._source))}/{self._course.notebook_id}.ipynb"
        self._sources = {Path(p).stem: Path(p).read_bytes() for p in sorted(glob.glob(pattern))}
        if not self._sources:
            raise CannotGrade(f"there is no source notebook {pattern}")
        self._versions = tuple(map(grading_version, self._check_sources()))

    def _check_sources(self) -> Iterator[bytes]:
        for name, data in self._sources.items():
            try:
                read_source(data)
            except SourceError as error:
                raise CannotGrade(f"{name}: {error}") from None
            yield data

    def _path(self, step: str, student: str, escape: bool = False) -> str:
        return str(self._course.format_path(step, student, self.exercise, escape=escape))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """No second run on this folder meanwhile. Raises CannotGrade."""
        import fcntl  # Windows has none, and no sandbox either

        descriptor = os.open(self.root, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise CannotGrade(f"another run is grading in {self.root}") from None
        finally:
            os.close(descriptor)

    def gradebook(self) -> ClassGradebook:
        """The gradebook, which fits the source notebooks. Raises GradebookError."""
        late = AssignLatePenalties(parent=self._converter)
        late.init_plugin()
        gradebook = ClassGradebook(
            self._course.db_url,
            self._course.course_id,
            self.exercise,
            self._converter.create_student,
            late.plugin_inst.late_submission_penalty,
        )
        for name, data in self._sources.items():
            gradebook.check(name, read_source(data))
        return gradebook

    def local_pool(self, jobs: int) -> AbstractContextManager[Pool]:
        """Worker processes for this course's submissions."""
        return local_pool(jobs, self._unsafe, self._limits, self.root)

    def students(self) -> list[tuple[str, Path]]:
        """Learners and the folders of what they handed in, links included."""
        submitted = self._course.submitted_directory
        form = re.compile(self._path(submitted, "(?P<student>.*)", escape=True))
        excluded = self._course.student_id_exclude.split(",")
        found = []
        for folder in sorted(glob.glob(self._path(submitted, self._course.student_id))):
            match = form.fullmatch(folder)
            if match and match["student"] not in excluded:
                found.append((match["student"], Path(folder)))
        return found

    def read(self, student: str, folder: Path) -> Submission:
        """Read what was handed in. Raises Malformed where it can't be graded at all."""
        if folder.is_symlink():
            raise Malformed("the submitted folder is a link")
        timestamp = read_timestamp(folder)
        notebooks = []
        for name, source in self._sources.items():
            submitted: bytes | str
            try:
                submitted = read_file(folder / f"{name}.ipynb")
            except Malformed as malformed:
                submitted = str(malformed)
            notebooks.append(Handed(name, source, submitted))
        files, left_out = self._files(folder)
        task = Task(tuple(notebooks), self._unsafe, self._limits, self.root, self._versions)
        key = digest(
            [dataclasses.astuple(handed) for handed in notebooks],
            sorted(files.items()),
            [self._unsafe, dataclasses.astuple(self._limits), self._versions],
        )
        graded = Path(self._path(self._course.autograded_directory, student))
        return Submission(student, graded, task, files, left_out, timestamp, key)

    def _files(self, folder: Path) -> tuple[dict[str, Path], str]:
        """Files beside the notebooks, where the source's take precedence; what is left out."""
        ignored = [*self._course.ignore, "*.ipynb"]
        unfit, why = unfit_files(str(folder))
        places = [self._source] if str(folder) in unfit else [folder, self._source]
        kept = self._converter.exclude_overwriting.get(self.exercise, [])
        files = {}
        for place in places:
            for path in map(Path, find_all_files(str(place), ignored)):
                name = str(path.relative_to(place))
                ordinary = path.is_file() and not path.is_symlink()
                if ordinary and not (place is self._source and name in kept):
                    files[name] = path
        return files, f"not copied, since {why}: {', '.join(unfit)}" if unfit else ""

    def stage(self, submission: Submission, notebooks: tuple[GradedNotebook, ...]) -> Path:
        """Write a graded submission beside its place; gives the folder, which is whole."""
        graded, whole = submission.graded, _beside(submission.graded, "new")
        part = _beside(graded, "part")
        for leftover in (part, whole):
            shutil.rmtree(leftover, ignore_errors=True)
        permissions = int(str(self._converter.permissions), 8)
        part.mkdir(parents=True)
        for name, path in submission.files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, part / name)
            (part / name).chmod(permissions)
        for notebook in notebooks:
            path = part / f"{notebook.name}.ipynb"
            path.write_bytes(notebook.data)
            path.chmod(permissions)
        if self._course.groupshared:
            for folder in (part.parent, part, *(p for p in part.rglob("*") if p.is_dir())):
                with contextlib.suppress(PermissionError):
                    folder.chmod((folder.stat().st_mode | 0o2770) & 0o2777)
        part.rename(whole)
        return whole


def _beside(graded: Path, what: str) -> Path:
    # A leading dot keeps it out of nbgrader's patterns.
    return graded.parent / f".{graded.name}.{what}"


def _publish(staged: Path, graded: Path) -> None:
    old = _beside(graded, "old")
    shutil.rmtree(old, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        graded.rename(old)
    staged.rename(graded)
    shutil.rmtree(old, ignore_errors=True)


def _content(folder: Path, names: list[str]) -> str | None:
    """Hash of the graded notebooks in a folder, or None where one is missing."""
    paths = [folder / f"{name}.ipynb" for name in names]
    if not all(path.is_file() for path in paths):
        return None
    return digest(*paths)


def _in_place(submission: Submission, entry: Entry | None) -> bool:
    """Whether a submission is graded already; completes what a killed run had recorded."""
    names = [handed.name for handed in submission.task.notebooks]
    staged, graded = _beside(submission.graded, "new"), submission.graded
    if entry is None or entry.key != submission.key:
        return False
    if _content(staged, names) == entry.graded:
        _publish(staged, graded)
    for leftover in ("part", "new", "old"):
        shutil.rmtree(_beside(graded, leftover), ignore_errors=True)
    return _content(graded, names) == entry.graded


class Run:
    """One run over a class.

    course, gradebook: where everything is and goes.
    force: grade again what has not changed.
    show: called after each submission.
    """

    def __init__(
        self,
        course: Course,
        gradebook: ClassGradebook,
        force: bool = False,
        show: Callable[[Summary], None] = lambda _: None,
    ) -> None:
        self._course = course
        self._gradebook = gradebook
        self._force = force
        self._show = show
        self._stop = False
        self.summary = Summary()

    def stop(self, *_: object) -> None:
        """End soon, with nothing half done. Handles a signal; a second one ends at once."""
        self._stop = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def grade(self, open_pool: OpenPool) -> Summary:
        """Grade what has to be graded. Raises CannotGrade."""
        students = self._course.students()
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
        for student, folder in students:
            try:
                submission = self._course.read(student, folder)
            except (Malformed, OSError) as error:
                self._not_graded(student, f"{error}")
                continue
            entry = self._gradebook.entry(student)
            if self._force or not _in_place(submission, entry):
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
        staged = self._course.stage(submission, result.notebooks)
        content = _content(staged, names)
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
        _publish(staged, submission.graded)
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
    """Someone pressed Ctrl-C."""


def grade_class(
    exercise: str,
    console: Console,
    jobs: int | None = None,
    scheduler: str | None = None,
    db: str | None = None,
    force: bool = False,
    unsafe: bool = False,
) -> int:
    """The command; gives its exit status.

    jobs: worker processes on this machine; as many as there are cores unless given.
    scheduler: address of a Dask scheduler, whose workers grade instead.
    """
    jobs = jobs or _cores()
    try:
        course = Course(exercise, db, unsafe)
        with course.locked(), course.gradebook() as gradebook, progress_bar(console) as progress:
            bar = progress.add_task(exercise, total=None, said="")
            begin = time.monotonic()

            def show(summary: Summary) -> None:
                done = summary.graded + summary.unchanged + summary.not_graded
                rate = summary.graded / (time.monotonic() - begin) * 60
                said = " ".join(f"{n} {o}" for o, n in summary.outcomes.most_common())
                progress.update(
                    bar,
                    completed=done,
                    total=summary.submissions,
                    said=f"{rate:.0f} a minute; tests: {said}",
                )

            run = Run(course, gradebook, force, show)
            with _on_signals(run.stop):
                if scheduler is None:
                    summary = run.grade(lambda: course.local_pool(jobs))
                else:
                    summary = run.grade(lambda: dask_pool(scheduler))
            by_hand = gradebook.awaiting_a_human()
    except ModuleNotFoundError as error:
        missing = f"{error}; for a cluster or PostgreSQL: pip install -e '.[cluster]'"
        console.print(f"[bold red]{escape(missing)}[/]")
        return CANNOT
    except (CannotGrade, GradebookError, SandboxUnavailable, OSError) as error:
        console.print(f"[bold red]{escape(str(error))}[/]")
        return CANNOT
    report(console, exercise, summary, by_hand)
    return summary.status


def _cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))  # those that this process may use
    return os.cpu_count() or 1


@contextlib.contextmanager
def _on_signals(stop: Callable[..., None]) -> Iterator[None]:
    """Have Ctrl-C, or being told to terminate, end the run cleanly."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stop) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
