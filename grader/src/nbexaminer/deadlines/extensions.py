"""Extensions: later due dates for single learners, also before they hand in.

nbgrader keeps an extension with the submission. Until there is one, and a due date to extend, it
waits in a table of ours; then it moves to nbgrader's column, where grading and the stock commands
look for it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from nbgrader import api
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Interval,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from nbexaminer.database import TABLES

WAITING = Table(
    "grading_extension",
    TABLES,
    Column("student_id", String(128), primary_key=True),
    Column("assignment", String(128), primary_key=True),
    Column("extension", Interval, nullable=False),
)
_ASSIGNMENT: Table = api.Assignment.__table__
_SUBMISSION: Table = api.SubmittedAssignment.__table__


@dataclass(frozen=True)
class Extension:
    """One learner's, for one exercise.

    due: the exercise's due date for everybody, in UTC, or None.
    ahead: how much later the learner may hand in.
    """

    student_id: str
    exercise: str
    due: datetime.datetime | None
    ahead: datetime.timedelta

    @property
    def until(self) -> datetime.datetime | None:
        """When the exercise is due for the learner, in UTC."""
        return None if self.due is None else self.due + self.ahead


def take_up(connection: Connection, exercise: str, student: str | None = None) -> None:
    """Move the exercise's waiting extensions, or one learner's, to the submissions that there are.

    Only if it has a due date: nbgrader can't compute with an extension of none. The table must be
    there.
    """
    wanted = WAITING.c.assignment == exercise
    if student is not None:
        wanted &= WAITING.c.student_id == student
    waiting = list(connection.execute(select(WAITING).where(wanted)))
    due = select(_ASSIGNMENT.c.duedate).where(_ASSIGNMENT.c.name == exercise)
    if not waiting or connection.scalar(due) is None:
        return
    for row in waiting:
        if _set(connection, exercise, row.student_id, row.extension):
            _forget(connection, row.student_id, exercise)


def taken_up(connection: Connection, exercise: str) -> bool:
    """Whether nbgrader's column has an extension for the exercise."""
    found = select(_SUBMISSION.c.id).where(_of(exercise), _SUBMISSION.c.extension.is_not(None))
    return connection.execute(found).first() is not None


def put_aside(connection: Connection, exercise: str) -> None:
    """Let the exercise's extensions wait: it is about to lose its due date."""
    for extension in extensions(connection, exercise):
        grant(connection, extension.student_id, exercise, extension.ahead)


def grant(
    connection: Connection, student: str, exercise: str, ahead: datetime.timedelta | None
) -> None:
    """Give a learner an extension instead of an earlier one; None takes it away."""
    _forget(connection, student, exercise)
    _set(connection, exercise, student, None)
    if ahead is not None:
        values = {"student_id": student, "assignment": exercise, "extension": ahead}
        connection.execute(insert(WAITING).values(values))


def extensions(
    connection: Connection, exercise: str | None = None, student: str | None = None
) -> list[Extension]:
    """Those that there are, of one exercise or one learner if named, by exercise and learner."""
    waiting = select(
        WAITING.c.student_id, WAITING.c.assignment, _ASSIGNMENT.c.duedate, WAITING.c.extension
    ).join(_ASSIGNMENT, _ASSIGNMENT.c.name == WAITING.c.assignment, isouter=True)
    taken_up = (
        select(
            _SUBMISSION.c.student_id,
            _ASSIGNMENT.c.name,
            _ASSIGNMENT.c.duedate,
            _SUBMISSION.c.extension,
        )
        .join(_ASSIGNMENT, _ASSIGNMENT.c.id == _SUBMISSION.c.assignment_id)
        .where(_SUBMISSION.c.extension.is_not(None))
    )
    # What waits was said later.
    both = [*connection.execute(taken_up), *connection.execute(waiting)]
    found = {(row[1], row[0]): Extension(*row) for row in both}
    return [
        found[key]
        for key in sorted(found)
        if exercise in (None, key[0]) and student in (None, key[1])
    ]


def in_words(ahead: datetime.timedelta) -> str:
    """Such as '2 days 3 hours'."""
    minutes = round(ahead.total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n) or "no time"


def _forget(connection: Connection, student: str, exercise: str) -> None:
    mine = (WAITING.c.student_id == student) & (WAITING.c.assignment == exercise)
    connection.execute(delete(WAITING).where(mine))


def _of(exercise: str) -> ColumnElement[bool]:
    """Which submissions are for the exercise."""
    named = select(_ASSIGNMENT.c.id).where(_ASSIGNMENT.c.name == exercise)
    return _SUBMISSION.c.assignment_id.in_(named)


def _set(
    connection: Connection, exercise: str, student: str, ahead: datetime.timedelta | None
) -> int:
    """Write nbgrader's column; gives how many submissions there are to write it for."""
    mine = _of(exercise) & (_SUBMISSION.c.student_id == student)
    return connection.execute(update(_SUBMISSION).where(mine).values(extension=ahead)).rowcount
