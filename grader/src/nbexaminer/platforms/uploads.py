"""What a submission was called where it was downloaded: a table beside nbgrader's.

Feedback that goes back to the platform has to be called the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Column, Connection, String, Table, Text, delete, insert, select

from nbexaminer.database import TABLES

UPLOADS = Table(
    "grading_uploads",
    TABLES,
    Column("exercise", String(128), primary_key=True),
    Column("student_id", String(128), primary_key=True),
    Column("platform", String(32), nullable=False),
    Column("prefix", Text, nullable=False),
)


class Called(NamedTuple):
    """platform: its title; prefix: what stood before the learner's own name of the file."""

    platform: str
    prefix: str


def write_uploads(connection: Connection, exercise: str, uploads: Mapping[str, Called]) -> None:
    """Replace what is known of some learners, in the transaction at hand."""
    for learner, called in uploads.items():
        mine = (UPLOADS.c.exercise == exercise) & (UPLOADS.c.student_id == learner)
        connection.execute(delete(UPLOADS).where(mine))
        values = {"exercise": exercise, "student_id": learner} | called._asdict()
        connection.execute(insert(UPLOADS).values(values))


def read_uploads(connection: Connection, exercise: str) -> dict[str, Called]:
    """By learner what was collected from a platform last; the tables must be there."""
    rows = connection.execute(select(UPLOADS).where(UPLOADS.c.exercise == exercise))
    return {row.student_id: Called(row.platform, row.prefix) for row in rows}
