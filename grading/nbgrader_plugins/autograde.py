"""What makes nbgrader grade our way; plugged in by nbgrader_config.py.

`nbgrader autograde` and the formgrader's button read each submission with `SubmissionReader`,
put it into the source notebook (`Graft`), and run and examine it (`Examine`).
"""

from __future__ import annotations

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
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Dict, List, Unicode

from grading.examination.engine import NOTE, Graded, engine_for, set_aside
from grading.sandbox.limits import Limits
from grading.sandbox.view import SandboxUnavailable
from grading.submission.files import MAX_FILES_BYTES, copy_file, read_file
from grading.submission.graft import Source, SourceError, graft, read_source
from grading.submission.intake import Intake, expected_of, submitted_folders, take, top_of
from grading.submission.names import Malformed, printable
from grading.submission.notebook import read_notebook


class SubmissionReader(NotebookExporter):
    """Reads what was handed in, whatever it is; `c.Autograde.exporter_class`.

    A notebook that is missing or can't be read is graded like the others, with the reason.
    """

    unsafe_no_sandbox = Bool(
        False, help="Run learners' code without a sandbox. It can then do whatever you can."
    ).tag(config=True)
    limits = Dict(
        help="Other limits than those of grading.sandbox.limits.Limits, for instance "
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
        root = Path(self.converter.coursedir.root)
        try:
            self.engine = engine_for(self.unsafe_no_sandbox, Limits(**self.limits), root)
        except SandboxUnavailable as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        self._taken: dict[Path, Intake] = {}
        self._survey()
        self._clean = CleanFolder(self.converter, self._taken)

    def _survey(self) -> None:
        """Look at what was handed in before nbgrader touches it."""
        course = self.converter.coursedir
        expected = expected_of(course, self._answers(), self.expected_files)
        assignments: dict[str, list[str]] = {}
        for learner, folder in submitted_folders(course):
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

    def _answers(self) -> dict[str, Collection[str]]:
        """For each source notebook the grade ids of its answers."""
        course = self.converter.coursedir
        source = course.format_path(course.source_directory, ".", course.assignment_id)
        answers: dict[str, Collection[str]] = {}
        for path in map(Path, glob.glob(f"{glob.escape(source)}/{course.notebook_id}.ipynb")):
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


class MarkSetAside(NbGraderPreprocessor):
    """Mark a submission that can't be read as one that needs the instructor; after the scores."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        if "malformed" in resources:
            about = resources["nbgrader"]
            with Gradebook(about["db_url"]) as gradebook:
                submission = gradebook.find_submission_notebook(
                    about["notebook"], about["assignment"], about["student"]
                )
                for grade in submission.grades:
                    grade.needs_manual_grade = True
                gradebook.db.commit()
        return nb, resources
