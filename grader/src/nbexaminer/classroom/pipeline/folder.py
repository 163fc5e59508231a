"""One exercise of a class: its source, what was handed in for it, and where what is graded goes."""

import contextlib
import dataclasses
import datetime
import functools
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, IncludeHeaderFooter

from nbexaminer.classroom.course_folder import CourseFolder, locked
from nbexaminer.classroom.gradebook.registration import register
from nbexaminer.classroom.gradebook.writer import ClassGradebook, JournalEntry, penalty_of
from nbexaminer.classroom.intake.files import open_folder, read_file
from nbexaminer.classroom.intake.names import printable
from nbexaminer.classroom.intake.taking import (
    expected_of,
    left_out,
    submitted_folders,
    take,
    top_of,
)
from nbexaminer.classroom.pipeline.before_release import before_release, files_of_tests
from nbexaminer.classroom.pipeline.cell_time import limits_of
from nbexaminer.classroom.pipeline.fingerprint import code_that_grades, grading_version, version_now
from nbexaminer.classroom.pipeline.source_files import read_source_files, stamps
from nbexaminer.classroom.pipeline.workers import Handed, Pool, Task, TaskResult, Trial, local_pool
from nbexaminer.cli import cli
from nbexaminer.errors import CannotGrade, Malformed, SourceError
from nbexaminer.files import files_beside, hash_of, publish
from nbexaminer.judging.notebook.cell import Cell
from nbexaminer.judging.notebook.source import Source, delimiters_of, read_source, texts_of
from nbexaminer.judging.notebook.written import change_cells
from nbexaminer.judging.session.engine import Terms
from nbexaminer.judging.session.verdicts import GradedNotebook
from nbexaminer.judging.ways import Way, set_way
from nbexaminer.sandbox.files import pack_over

MAX_OWN_BYTES = 1 << 20
"""Of a file of the learner's that answers are graded with."""


@dataclass(frozen=True)
class Submission:
    """What a learner handed in.

    files: what is copied beside the graded notebooks, by their place there.
    left_out: what is not, and what is taken for something else, or empty.
    key: hash of all that the grades depend on.
    """

    student: str
    graded: Path
    task: Task
    files: dict[str, Path]
    left_out: str
    timestamp: datetime.datetime | None
    key: str


class ClassFolder:
    """A course folder and its configuration for one exercise, as `nbgrader autograde` reads them.

    course: the folder.
    exercise: the assignment.
    converter: nbgrader's, where it is at work already.
    registered: what `gradebook` had to do, in a sentence, or empty.
    Raises CannotGrade where there is no such exercise, or its source notebook is at fault.
    """

    def __init__(
        self, course: CourseFolder, exercise: str, converter: Autograde | None = None
    ) -> None:
        self.course, self.exercise = course, exercise
        self._course = course.directory
        self._course.assignment_id = exercise
        self._converter = converter or Autograde(coursedir=self._course, parent=course.app)
        settings = course.settings
        limits = limits_of(course.app.config, settings.limits)
        if not Execute(parent=course.app).enabled:
            raise CannotGrade(
                "--no-execute (c.Execute.enabled = False) is set, and without running the tests "
                "nothing can be graded: leave that out"
            )
        self._terms = Terms(course.profile, settings.unsafe_no_sandbox, limits)
        self.root = course.root
        self._delimiters = delimiters_of(course.app.config)
        self._around = self._read_around()
        self._source = self._path(self._course.source_directory, ".")
        self.registered = ""
        self._paths = course.sources(exercise)
        self._source_files = self._read_source_files()
        self._read_from = self._files_now()
        self._sources = {path.stem: self._read_source(path) for path in self._paths}
        if not self._sources:
            raise CannotGrade(course.no_such(exercise))
        answers = {name: source.stubs for name, source in self._sources.items()}
        self._expected = expected_of(self._course, answers, settings.expected_files)
        self._versions = tuple(
            grading_version(s.data, course.profile) for s in self._sources.values()
        )
        self._stamps: list[tuple[str, int, int]] = []

    def _read_source(self, path: Path) -> Source:
        try:
            data = before_release(self.course, self.exercise, path)
            source = read_source(data, self._delimiters, self._around)
        except SourceError as error:
            raise CannotGrade(f"{path.stem}: {error}") from None
        return dataclasses.replace(source, files=self._source_files)

    def _read_source_files(self) -> bytes:
        scratch = self._terms.limits.scratch_bytes
        return read_source_files(self._source, self._course.ignore, scratch)

    def _files_now(self) -> dict[Path, bytes]:
        """What the sources are read from, and their tests made of."""
        made_of = (file for path in self._paths for file in files_of_tests(self.course, path))
        return {path: path.read_bytes() for path in (*self._paths, *made_of)}

    def _read_around(self) -> frozenset[str]:
        """What nbgrader puts around each notebook that it releases."""
        step = IncludeHeaderFooter(parent=self._converter)
        texts: frozenset[str] = frozenset()
        for name in (step.header, step.footer):
            with contextlib.suppress(OSError):
                texts |= texts_of((self.root / name).read_bytes())
        return texts

    def _path(self, step: str, student: str) -> Path:
        return self.course.path(step, student, self.exercise)

    def locked(self) -> AbstractContextManager[None]:
        """No second run on this folder meanwhile. Raises Busy."""
        return locked(self.root)

    def gradebook(self) -> ClassGradebook:
        """The gradebook, in which the exercise stands as in source/. Raises GradebookError."""
        self.registered = register(self.course, self.exercise)
        gradebook = ClassGradebook(
            self._course.db_url,
            self._course.course_id,
            self.exercise,
            self._converter.create_student,
            penalty_of(self._converter),
        )
        for name, source in self._sources.items():
            gradebook.check(name, source)
        return gradebook

    def local_pool(self, jobs: int) -> AbstractContextManager[Pool]:
        """Worker processes for this class's submissions."""
        return local_pool(jobs, self._terms, self.root)

    def trial(self) -> Task:
        """Trying the source notebooks' own solutions, unless that is waived."""
        own = tuple(Handed(name, source, source.data) for name, source in self._sources.items())
        trial = Trial.GIVEN if self.is_untried else Trial.WHOLE
        return Task(self.exercise, own, self._terms, self.root, self._versions, trial)

    @property
    def is_untried(self) -> bool:
        """Whether the source's own solution is not tried: it need have none."""
        return self.exercise in self.course.settings.untried

    def write_ways(self, name: str, ways: Mapping[str, Way]) -> None:
        """Have cells of a source notebook say how they run, by their grade ids."""

        def change(cell: dict[str, Any]) -> None:
            if (way := ways.get(str(Cell(cell).grade_id))) is not None:
                set_way(cell, way)

        change_cells(next(path for path in self._paths if path.stem == name), change)

    @functools.cached_property
    def _source_files_digest(self) -> str:
        return hash_of(self._source_files)

    @functools.cached_property
    def _what_grades(self) -> list[Path]:
        """The source notebooks, and the code that grades them."""
        profile = self.course.profile
        code = (code_that_grades(s.data, profile).values() for s in self._sources.values())
        return sorted({*self._read_from}.union(*code))

    def is_outdated(self) -> bool:
        """Whether what grades has changed since it was read; cheap to ask often."""
        try:
            found = stamps(self._source)
            for path in self._what_grades:
                state = path.stat()
                found.append((str(path), state.st_mtime_ns, state.st_size))
            if found == self._stamps:
                return False
            self._stamps = found
            now = self._files_now()
            if self._read_source_files() != self._source_files:
                return True
        except (FileNotFoundError, CannotGrade):
            return True
        known = (source.data for source in self._sources.values())
        versions = (version_now(data, self.course.profile) for data in known)
        return now != self._read_from or tuple(versions) != self._versions

    def students(self) -> list[tuple[str, Path]]:
        """Learners and what lies where their submissions should."""
        return submitted_folders(self._course)

    def submitted(self, student: str) -> Path:
        """Where what a learner has handed in should lie."""
        return self._path(self._course.submitted_directory, student)

    def nothing_handed_in(self) -> str:
        """Where submissions belong, and the commands that bring them there."""
        exercise = self.exercise
        folder = os.path.relpath(self.submitted("<learner>"), self.root)
        places = " and ".join(os.path.join(folder, f"{name}.ipynb") for name in self._sources)
        return (
            f"Nothing has been handed in for {exercise}. Each learner's work belongs in {places}. "
            "These commands bring it there:\n"
            f"  nbgrader collect {exercise}  from nbgrader's exchange\n"
            f"  {cli('collect')} {exercise} FILE.zip  from a learning platform's zip file"
        )

    def read(self, student: str, folder: Path, top: Path | None = None) -> Submission:
        """Read what was handed in. Raises Malformed where it can't be graded at all.

        top: from there on no link is followed; where learners' folders are, unless given.
        """
        top = top or top_of(self._course)
        taken = take(student, folder, self._expected, top)
        at_odds = self._at_odds(taken.files)
        taken.files = [place for place in taken.files if place not in at_odds]
        taken.remarks += left_out("copied", "the exercise has a file or folder there", at_odds)
        own = self._own_files(folder, top, taken.files)
        notebooks = [
            Handed(name, self._sources[name], submitted, taken.beside.get(name, ""), own)
            for name, submitted in taken.notebooks.items()
        ]
        files = self._files({place: folder / place for place in taken.files})
        remarks = "; ".join(taken.remarks)
        task = Task(self.exercise, tuple(notebooks), self._terms, self.root, self._versions)
        key = hash_of(
            [(h.name, h.source.data, h.submitted, h.beside) for h in notebooks],
            self._delimiters,
            sorted(self._around),
            sorted(files.items()),
            self._source_files_digest,
            [self._terms.unsafe, dataclasses.astuple(self._terms.limits), self._versions],
        )
        graded = self._path(self._course.autograded_directory, student)
        return Submission(student, graded, task, files, remarks, taken.handed_in, key)

    @property
    def _kept(self) -> list[str]:
        """Files beside the notebooks of which the learner's own count."""
        return list(self._converter.exclude_overwriting.get(self.exercise, []))

    def _own_files(self, folder: Path, top: Path, places: Collection[str]) -> bytes:
        """What a learner's answers find in their working folder, unless it is what the source has.

        Raises Malformed where that is too much.
        """
        wanted = [place for place in places if place in self._kept]
        if not wanted:
            return b""
        own: dict[str, bytes] = {}
        with open_folder(top, *folder.relative_to(top).parts) as descriptor:
            for place in wanted:
                try:
                    own[place] = read_file(place, MAX_OWN_BYTES, descriptor)
                except Malformed as error:
                    raise Malformed(f"{printable(place)}: {error}") from None
        return pack_over(self._source_files, own)

    def _at_odds(self, places: Collection[str]) -> list[str]:
        """Those that would lie in a file of the source's, or be a file where it has a folder."""
        ours = {Path(name) for name in self._files({})} | {Path(p.name) for p in self._paths}
        folders = {folder for path in ours for folder in path.parents}
        return [p for p in places if Path(p) in folders or not ours.isdisjoint(Path(p).parents)]

    def _files(self, files: dict[str, Path]) -> dict[str, Path]:
        """Files beside the notebooks, where the source's take precedence."""
        for path in files_beside(self._source, self._course.ignore):
            name = str(path.relative_to(self._source))
            if path.is_file() and not path.is_symlink() and name not in self._kept:
                files[name] = path
        return files

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

    def entry(self, submission: Submission, result: TaskResult) -> JournalEntry:
        """What the journal has of a graded submission."""
        content = hash_of(*(notebook.data for notebook in result.notebooks))
        return JournalEntry(submission.key, content, result.reason, result.verdicts())

    @contextlib.contextmanager
    def staged(self, submission: Submission, result: TaskResult) -> Iterator[None]:
        """Have a graded submission stand in its folder after this, unless there is an error."""
        staged = self.stage(submission, result.notebooks)
        try:
            yield
        except Exception:
            shutil.rmtree(staged)
            raise
        publish(staged, submission.graded)


def _beside(graded: Path, what: str) -> Path:
    # A leading dot keeps it out of nbgrader's patterns.
    return graded.parent / f".{graded.name}.{what}"


def _content_hash(folder: Path, submission: Submission) -> str | None:
    """Hash of the graded notebooks in a folder, or None where one is missing."""
    paths = [folder / f"{handed.name}.ipynb" for handed in submission.task.notebooks]
    return hash_of(*paths) if all(path.is_file() for path in paths) else None


def in_place(submission: Submission, entry: JournalEntry) -> bool:
    """Whether a submission is graded already; completes what a killed run had recorded."""
    staged, graded = _beside(submission.graded, "new"), submission.graded
    if entry.key != submission.key:
        return False
    if _content_hash(staged, submission) == entry.graded:
        publish(staged, graded)
    for leftover in ("part", "new", "old"):
        shutil.rmtree(_beside(graded, leftover), ignore_errors=True)
    return _content_hash(graded, submission) == entry.graded
