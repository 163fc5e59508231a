"""Have the formgrader's lists pass over what nobody can have handed in.

nbgrader lists every folder in submitted/ under its name, and reads each time stamp: one odd name is
put into its pages as it is, and one odd time stamp ends Manage Submissions for everybody. Its lists
come from one class that can't be configured, so two of its methods are replaced.
"""

import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import InvalidEntry, Student
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy import event

from nbexaminer.errors import Malformed
from nbexaminer.intake.names import check_learner, is_learner, printable
from nbexaminer.intake.times import read_timestamp

_listed = NbGraderAPI.get_submitted_students


def plug_in() -> None:
    """Replace them; `nbgrader_config.py` calls it, as often as nbgrader reads that."""
    NbGraderAPI.get_submitted_students = _submitted_students
    NbGraderAPI.get_submitted_timestamp = _submitted_timestamp
    if not event.contains(Student, "init", _check_student):
        event.listen(Student, "init", _check_student)


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
