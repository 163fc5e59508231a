"""What makes nbgrader grade our way; plugged in by nbgrader_config.py.

`nbgrader autograde` and the formgrader's button read each submission with `SubmissionReader`,
put it into the source notebook (`Graft`), and run and examine it (`Examine`).
"""

from __future__ import annotations

import functools
import glob
import hashlib
import shutil
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, cast

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Dict, List, TraitError, Unicode

from nbexaminer.conveyor.fingerprint import judged, version_now
from nbexaminer.conveyor.lock import Busy, locked
from nbexaminer.database import TABLES, GradebookUnavailable, reached
from nbexaminer.deadlines import extensions
from nbexaminer.examination.dropped import decision
from nbexaminer.examination.engine import NOTE, Engine, Graded, Terms, engine_for, set_aside
from nbexaminer.examination.trial import try_solution
from nbexaminer.gradebook import journal
from nbexaminer.intake.files import MAX_FILES_BYTES, copy_file, read_file
from nbexaminer.intake.names import Malformed, printable
from nbexaminer.intake.taking import Intake, expected_of, submitted_folders, take, top_of
from nbexaminer.notebook.graft import Source, SourceError, graft, read_source
from nbexaminer.notebook.reader import read_notebook
from nbexaminer.people.roster import excluded_ids
from nbexaminer.profile import CourseProfile
from nbexaminer.sandbox.limits import Limits
from nbexaminer.sandbox.view import SandboxUnavailable
from nbexaminer.settings import MarkingRules


class SubmissionReader(NotebookExporter):
    """Reads what was handed in, whatever it is; `c.Autograde.exporter_class`.

    A notebook that is missing or can't be read is graded like the others, with the reason.
    """

    unsafe_no_sandbox = Bool(
        False, help="Run learners' code without a sandbox. It can then do whatever you can."
    ).tag(config=True)
    limits = Dict(
        help="Other limits than those of nbexaminer.sandbox.limits.Limits, for instance "
        "{'cell_wall_seconds': 60.0}."
    ).tag(config=True)
    expected_files = List(
        Unicode(),
        help="Patterns of files that learners may hand in beside the notebooks and get back, for "
        "instance ['*.csv']. What the source has beside them may be handed in anyway.",
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.converter = cast(Any, self.parent)  # the Autograde that uses it
        self.root = Path(self.converter.coursedir.root)
        self._taken: dict[Path, Intake] = {}
        # What nbgrader calls next, and when it has returned nothing more is written.
        self.converter.convert_notebooks = self._convert

    def _convert(self) -> None:
        """Convert as nbgrader does, while nobody else grades here and all tests can be passed."""
        try:
            MarkingRules(parent=self)  # a wrong one is refused before it costs anything
            with locked(self.root):
                limits = Limits(**self.limits)
                self.profile = CourseProfile(parent=self).read(self.root)
                terms = Terms(self.profile, self.unsafe_no_sandbox, limits)
                self.engine = engine_for(terms, self.root)
                self._survey()
                self._clean = CleanFolder(self.converter, self._taken)
                self._try_solutions()
                type(self.converter).convert_notebooks(self.converter)
        except (Busy, GradebookUnavailable, SandboxUnavailable, TraitError) as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None

    def _try_solutions(self) -> None:
        """Raise NbGraderException where a broken test or solution would cost points."""
        for path in self._sources():
            try:
                source = read_source(path.read_bytes())
                _try_once(self.engine, source.data, version_now(source.data, self.profile))
            except (OSError, SourceError) as error:
                self.log.error("%s: %s", path, error)
                raise NbGraderException(f"{path}: {error}") from None

    def _sources(self) -> list[Path]:
        """The source notebooks of what is to be graded."""
        course = self.converter.coursedir
        source = course.format_path(course.source_directory, ".", course.assignment_id)
        return [Path(p) for p in glob.glob(f"{glob.escape(source)}/{course.notebook_id}.ipynb")]

    def _survey(self) -> None:
        """Look at what was handed in before nbgrader touches it."""
        course = self.converter.coursedir
        expected = expected_of(course, self._answers(), self.expected_files)
        assignments: dict[str, list[str]] = {}
        excluded = self._excluded()
        for learner, folder in submitted_folders(course):
            if learner in excluded:
                self.log.warning("Not graded: %s: you have excluded this learner", learner)
                continue
            try:
                taken = take(learner, folder, expected, top_of(course))
            except Malformed as error:
                self.log.error("Not graded: %s: %s", printable(learner), error)
                continue
            for remark in taken.remarks:
                self.log.warning("%s: %s", learner, remark)
            self._taken[folder] = taken
            # nbgrader passes over a folder without the notebook; `from_filename` says why.
            assignments[str(folder)] = sorted(f"{folder / n}.ipynb" for n in taken.notebooks)
        self.converter.assignments = assignments

    def _excluded(self) -> set[str]:
        """Ids of the learners whom the instructor has excluded."""
        course = self.converter.coursedir
        with reached(course.db_url), Gradebook(course.db_url, course.course_id) as gradebook:
            TABLES.create_all(gradebook.engine)
            return excluded_ids(gradebook.db.connection())

    def _answers(self) -> dict[str, Collection[str]]:
        """For each source notebook the grade ids of its answers."""
        answers: dict[str, Collection[str]] = {}
        for path in self._sources():
            try:
                answers[path.stem] = read_source(path.read_bytes()).stubs
            except SourceError:  # `Graft` says so
                answers[path.stem] = ()
        return answers

    def from_filename(
        self, filename: str, resources: Any = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Have the file's bytes, or why there are none, in the resources; the notebook is empty."""
        path = Path(filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        notebook = nbformat.v4.new_notebook()
        taken = self._taken.get(path.parent)
        try:
            resources[NOTE] = taken.read(path.stem) if taken is not None else read_file(path)
        except Malformed as malformed:
            resources[NOTE] = malformed
        return self.from_notebook_node(notebook, resources)


class CleanFolder:
    """A folder with what may be copied of one submission, which nbgrader copies instead of it.

    nbgrader walks and copies whatever a submitted folder holds.
    """

    def __init__(self, converter: Any, taken: Mapping[Path, Intake]) -> None:
        self._format = converter._format_source
        self._taken = taken
        self._place = tempfile.TemporaryDirectory(prefix="autograde-")
        self._filled: Path | None = None
        converter._format_source = self._format_source

    def _format_source(self, assignment: str, student: str, escape: bool = False) -> str:
        submitted = str(self._format(assignment, student, escape=escape))
        taken = self._taken.get(Path(submitted))
        return submitted if escape or taken is None else str(self._fill(taken))

    def _fill(self, taken: Intake) -> Path:
        here = Path(self._place.name)
        if self._filled != taken.folder:
            shutil.rmtree(here)
            here.mkdir()
            for name, path in taken.files.items():
                (here / name).parent.mkdir(parents=True, exist_ok=True)
                copy_file(path, here / name, MAX_FILES_BYTES)
            self._filled = taken.folder
        return here


class _Grading(NbGraderPreprocessor):
    """A step of grading: has the source notebook and says whose work is at hand."""

    def source(self, resources: Any) -> tuple[Source, bytes]:
        """The instructor's notebook and the hash of its file. Raises NbGraderException."""
        about = resources["nbgrader"]
        exporter: Any = self.parent
        course = exporter.converter.coursedir
        folder = course.format_path(course.source_directory, ".", about["assignment"])
        path = Path(folder) / f"{about['notebook']}.ipynb"
        try:
            data = path.read_bytes()
            return read_source(data), hashlib.sha256(data).digest()
        except (OSError, SourceError) as error:
            raise NbGraderException(f"{path}: {error}") from None


class Graft(_Grading):
    """Set what was handed in into the source notebook; last of `sanitize_preprocessors`."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        source, _ = self.source(resources)
        submitted = resources.pop(NOTE)
        try:
            if isinstance(submitted, Malformed):
                raise submitted
            notebook = graft(source, read_notebook(submitted))
        except Malformed as malformed:
            about = resources["nbgrader"]
            self.log.error(
                "Set aside for you to look at: %s of %s can't be read: %s",
                about["notebook"], about["student"], malformed,
            )  # fmt: skip
            notebook = set_aside(source, str(malformed)).notebook
        return nbformat.from_dict(notebook), resources


class Examine(_Grading):
    """Run and examine a grafted notebook; first of `autograde_preprocessors`."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        _, source_hash = self.source(resources)
        # Written by Graft a moment ago.
        grafted = nbformat.reads(resources.pop(NOTE).decode(), as_version=4)
        if reason := grafted["metadata"].get(NOTE, {}).get("malformed"):
            resources["malformed"] = reason
            return grafted, resources
        try:
            exporter: Any = self.parent
            graded: Graded = exporter.engine.run(grafted, source_hash)
        except SourceError as error:
            raise NbGraderException(str(error)) from None
        for verdict in graded.verdicts:
            self.log.info("%s: %s", verdict.cell, verdict.outcome)
        return nbformat.from_dict(graded.notebook), resources


class SaveGrades(SaveAutoGrades):
    """Save scores as nbgrader does; what a human has graded stays graded while it is unchanged.

    A submission that can't be read is marked as one that needs the instructor.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
        self.student_id = about["student"]
        hashes = judged(nb)
        with Gradebook(about["db_url"]) as self.gradebook:
            TABLES.create_all(self.gradebook.engine)
            connection = self.gradebook.db.connection()
            extensions.take_up(connection, self.assignment_id, self.student_id)
            submission = self.gradebook.find_submission_notebook(
                self.notebook_id, self.assignment_id, self.student_id
            )
            row = submission.id
            grades = list(submission.grades)
            before = journal.judged_before(self.gradebook.db.connection(), row)
            kept = [
                grade
                for grade in grades
                if grade.manual_score is not None and not grade.needs_manual_grade
                if grade.name in hashes and before.get(grade.name) == hashes[grade.name]
            ]
            self.unreadable = "malformed" in resources
            # What SaveAutoGrades does with each cell, in this session.
            nb, resources = super(SaveAutoGrades, self).preprocess(nb, resources)
            for grade in grades if self.unreadable else kept:
                grade.needs_manual_grade = self.unreadable
            journal.write_judged(self.gradebook.db.connection(), row, hashes)
            self.gradebook.db.commit()
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        super()._add_score(cell, resources)
        about = cell.metadata["nbgrader"]
        if about["solution"] and decision(cell) is not None and not self.unreadable:
            grade = self.gradebook.find_grade(
                about["grade_id"], self.notebook_id, self.assignment_id, self.student_id
            )
            grade.auto_score = float(about["points"])
            grade.needs_manual_grade = grade.manual_score is not None


@functools.lru_cache
def _try_once(engine: Engine, source: bytes, version: str) -> None:
    """`try_solution` for what this process has not tried: the formgrader's grades one by one."""
    try_solution(engine, read_source(source))
