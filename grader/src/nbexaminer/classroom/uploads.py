"""What platforms call what was collected from them: a table in the gradebook."""

import datetime

from nbgrader.api import SubmittedAssignment
from sqlalchemy import Column, String, Table, Text, select
from sqlalchemy.orm import Session

from nbexaminer.classroom.database import TABLES

UPLOADS = Table(
    "grading_uploads",
    TABLES,
    Column("exercise", String(128), primary_key=True),
    Column("student_id", String(128), primary_key=True),
    Column("platform", String(32), nullable=False),
    Column("prefix", Text, nullable=False),
)
"""What stood before the learner's own name of the file: feedback that goes back has it too."""
LEAST_LATE = datetime.timedelta(microseconds=1)
"""After the due date: the time of what a platform calls late without saying when it came. No
platform tells times so finely, so that it is known by this."""


def is_told(when: datetime.datetime | None) -> bool:
    """Whether a time is more than a platform's word that something is late."""
    return when is not None and when.microsecond != LEAST_LATE.microseconds


def late_by_word(session: Session, submission: SubmittedAssignment) -> str:
    """What there is to say in the place of a time that nobody told, or empty; the tables must be
    there."""
    if submission.timestamp is None or is_told(submission.timestamp):
        return ""
    mine = UPLOADS.c.student_id == submission.student_id
    row = mine & (UPLOADS.c.exercise == submission.name)
    platform = session.scalar(select(UPLOADS.c.platform).where(row))
    return f"late, by {platform}'s word" if platform else ""
