"""Have the formgrader's lists pass over what nobody can have handed in, and its pages end in time.

nbgrader lists every folder in submitted/ under its name, and reads each time stamp: one odd name is
put into its pages as it is, and one odd time stamp ends Manage Submissions for everybody. Its lists
come from one class that can't be configured, so two of its methods are replaced. So is what makes
the page of a submission, since all of Jupyter waits for that.
"""

import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import InvalidEntry, Student
from nbgrader.apps.api import NbGraderAPI
from nbgrader.server_extensions.formgrader.base import BaseHandler
from sqlalchemy import event

from nbexaminer.classroom.intake.names import check_learner, is_learner, printable
from nbexaminer.classroom.intake.times import read_timestamp
from nbexaminer.classroom.pages.in_time import in_time, plain
from nbexaminer.errors import Malformed

_listed = NbGraderAPI.get_submitted_students


def plug_in() -> None:
    """Replace them; `nbgrader_config.py` calls it, as often as nbgrader reads that."""
    NbGraderAPI.get_submitted_students = _submitted_students
    NbGraderAPI.get_submitted_timestamp = _submitted_timestamp
    BaseHandler.exporter = property(_Exporter)
    if not event.contains(Student, "init", _check_student):
        event.listen(Student, "init", _check_student)


class _Exporter:
    """Of the formgrader's server, as its handlers use it."""

    def __init__(self, handler: Any) -> None:
        self._exporter = handler.settings["nbgrader_exporter"]

    def from_filename(self, path: str, resources: dict[str, Any]) -> tuple[str, Any]:
        """The page of a graded notebook, and nbconvert's resources."""

        def plainly() -> tuple[str, Any]:
            notebook = plain(nbformat.v4.reads(Path(path).read_text("utf-8")))
            return self._exporter.from_notebook_node(notebook, resources)

        return in_time(lambda: self._exporter.from_filename(path, resources), plainly)


def _submitted_students(self: Any, assignment_id: str) -> set[str]:
    """Ids of those who have handed in, as nbgrader's own method gives them."""
    names = _listed(self, assignment_id)
    for name in sorted(names):
        if not is_learner(name):
            self.log.warning("Not shown, since no learner can be called so: %s", printable(name))
    return {name for name in names if is_learner(name)}


def _submitted_timestamp(
    self: Any, assignment_id: str, student_id: str
) -> datetime.datetime | None:
    """When a learner handed in, or None where the folder doesn't say, or nothing that it can."""
    course = self.coursedir
    folder = Path(course.format_path(course.submitted_directory, student_id, assignment_id))
    try:
        return read_timestamp(folder)
    except Malformed as error:
        self.log.warning("%s: %s", printable(student_id), error)
        return None


def _check_student(student: Student, args: Any, values: dict[str, Any]) -> None:
    """Have the gradebook take no new learner whose submissions would be refused."""
    name = str(values.get("id", ""))
    try:
        check_learner(name)
    except Malformed as error:
        raise InvalidEntry(str(error)) from None
