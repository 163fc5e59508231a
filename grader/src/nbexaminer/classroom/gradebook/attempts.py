"""Every attempt of a learner at an exercise: a row beside nbgrader's tables, and a folder.

The attempt that counts is also what stands in submitted/ and in nbgrader's own tables.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    String,
    Table,
    Text,
    select,
    update,
)

from nbexaminer.classroom.database import TABLES, put
from nbexaminer.files import content_hash

FOLDER = "attempts"
"""In the course folder."""
ATTEMPTS = Table(
    "grading_attempt",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("student", String(128), nullable=False),
    Column("assignment", String(128), nullable=False),
    Column("handed_in", DateTime, nullable=False),
    Column("key", String(64), nullable=False),
    Column("score", Float),
    Column("graded_at", DateTime, nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("released", Boolean, nullable=False),
)


@dataclass(frozen=True)
class Attempt:
    """One attempt.

    name: what no other attempt is called, by the place where it came in.
    handed_in, graded_at: UTC, without a zone.
    key: hash of all that its grades depend on, or empty where no notebook of it was graded.
    score: points of the tests, what being late costs taken off; None where it was refused.
    reason: why not all of it could be read or it was refused, or empty.
    released: whether the learner has the feedback.
    """

    name: str
    student: str
    assignment: str
    handed_in: datetime.datetime
    key: str = ""
    score: float | None = None
    graded_at: datetime.datetime = datetime.datetime.min
    counts: bool = False
    reason: str = ""
    released: bool = False

    @property
    def is_used(self) -> bool:
        """Whether it is one of those that are allowed, since a learner learned how it did,
        whatever is left of its points."""
        return bool(self.key)

    def folder(self, root: Path) -> Path:
        """Where it is kept in the course folder `root`; the last letters tell twins apart."""
        short = content_hash(self.name.encode("utf-8", "surrogateescape"))[:6]
        time = f"{self.handed_in:%Y-%m-%d-%H-%M-%S}-{short}"
        return root / FOLDER / self.student / self.assignment / time


def read_attempts(
    connection: Connection, assignment: str, student: str | None = None, used: bool = False
) -> list[Attempt]:
    """All attempts, or a learner's, by the time of handing in.

    used: without those that neither count nor are used, of which there is no end.
    """
    wanted = select(ATTEMPTS).where(ATTEMPTS.c.assignment == assignment)
    if student is not None:
        wanted = wanted.where(ATTEMPTS.c.student == student)
    if used:
        wanted = wanted.where(ATTEMPTS.c.counts | (ATTEMPTS.c.key != ""))
    rows = connection.execute(wanted.order_by(ATTEMPTS.c.handed_in, ATTEMPTS.c.graded_at))
    return [Attempt(**row) for row in rows.mappings()]


def write_attempt(connection: Connection, attempt: Attempt) -> None:
    """Write a row, in the transaction at hand; where it counts, the learner's others don't."""
    if attempt.counts:
        others = update(ATTEMPTS).filter_by(assignment=attempt.assignment, student=attempt.student)
        connection.execute(others.values(counts=False))
    put(connection, ATTEMPTS, vars(attempt))


def mark_released(connection: Connection, name: str) -> None:
    """Note that the learner has the feedback, in the transaction at hand."""
    connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.name == name).values(released=True))


def is_counted(new: Attempt, before: Sequence[Attempt], rule: str) -> bool:
    """Whether a graded attempt counts from now on, instead of the one of the earlier that does.

    rule: "last" or "best". What can't be read never takes the place of what can.
    """
    counted = next((attempt for attempt in before if attempt.counts), None)
    if counted is None or bool(new.reason) != bool(counted.reason):
        return counted is None or not new.reason
    if rule == "last":
        return new.handed_in >= counted.handed_in
    return (new.score or 0.0, new.handed_in) >= (counted.score or 0.0, counted.handed_in)
