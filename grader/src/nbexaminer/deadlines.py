"""Due dates and extensions as an instructor gives them, also before anybody hands in.

nbgrader keeps an extension with the submission. Until there is one, and a due date to extend, it
waits in a table of ours; then it moves to nbgrader's column, where grading and the stock commands
look for it.
"""

import contextlib
import datetime
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nbgrader import api
from sqlalchemy import Column, Connection, Interval, String, Table, delete, insert, select, update

from nbexaminer.course_folder import CourseFolder
from nbexaminer.database import TABLES
from nbexaminer.errors import Refusal
from nbexaminer.intake.names import is_learner, printable
from nbexaminer.people.roster import People, read_roster
from nbexaminer.typed import typed

MOST_NAMES = 20
WAITING = Table(
    "grading_extension",
    TABLES,
    Column("student_id", String(128), primary_key=True),
    Column("assignment", String(128), primary_key=True),
    Column("extension", Interval, nullable=False),
)
_ASSIGNMENT: Table = api.Assignment.__table__
_SUBMISSION: Table = api.SubmittedAssignment.__table__
_TAKEN_UP = select(
    _SUBMISSION.c.student_id, _ASSIGNMENT.c.name, _ASSIGNMENT.c.duedate, _SUBMISSION.c.extension
).where(_ASSIGNMENT.c.id == _SUBMISSION.c.assignment_id, _SUBMISSION.c.extension.is_not(None))


class Extension(NamedTuple):
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

    @property
    def later(self) -> str:
        """How much, such as '2 days 3 hours'."""
        hours, minutes = divmod(round(self.ahead.total_seconds() / 60), 60)
        days, hours = divmod(hours, 24)
        parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
        return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n) or "no time"


def take_up(connection: Connection, exercise: str, student: str | None = None) -> None:
    """Move the exercise's waiting extensions, or one learner's, to the submissions that there are.

    Only if it has a due date: nbgrader can't compute with an extension of none. The table must be
    there.
    """
    due = select(_ASSIGNMENT.c.duedate).where(_ASSIGNMENT.c.name == exercise)
    if connection.scalar(due) is None:
        return
    wanted = select(WAITING).where(WAITING.c.assignment == exercise)
    if student is not None:
        wanted = wanted.where(WAITING.c.student_id == student)
    for row in connection.execute(wanted).all():
        if _set(connection, exercise, row.student_id, row.extension):
            _forget(connection, row.student_id, exercise)


def put_aside(connection: Connection, exercise: str) -> None:
    """Let the exercise's extensions wait: it has no due date any more, or is about to lose it."""
    taken_up = _TAKEN_UP.where(_ASSIGNMENT.c.name == exercise)
    if connection.execute(taken_up).first():
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
    found = {}
    for row in (*connection.execute(_TAKEN_UP), *connection.execute(waiting)):
        if exercise in (None, row[1]) and student in (None, row[0]):
            found[row[1], row[0]] = Extension(*row)  # what waits was said later
    return [found[key] for key in sorted(found)]


def _forget(connection: Connection, student: str, exercise: str) -> None:
    mine = (WAITING.c.student_id == student) & (WAITING.c.assignment == exercise)
    connection.execute(delete(WAITING).where(mine))


def _set(
    connection: Connection, exercise: str, student: str, ahead: datetime.timedelta | None
) -> int:
    """Write nbgrader's column; gives how many submissions there are to write it for."""
    named = select(_ASSIGNMENT.c.id).where(_ASSIGNMENT.c.name == exercise)
    mine = _SUBMISSION.c.assignment_id.in_(named) & (_SUBMISSION.c.student_id == student)
    return connection.execute(update(_SUBMISSION).where(mine).values(extension=ahead)).rowcount


@dataclass
class Deadlines:
    """The due dates of a course folder; from `opened`."""

    course: CourseFolder
    _gradebook: api.Gradebook

    @property
    def _connection(self) -> Connection:
        return self._gradebook.db.connection()  # a commit takes it away

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """The gradebook; what is written there is kept unless there is an exception."""
        yield self._connection
        self._gradebook.db.commit()

    def exercises(self) -> list[str]:
        """Names of the exercises in source/ and in the gradebook."""
        return sorted({*self.course.exercises(), *(a.name for a in self._gradebook.assignments)})

    def exercise(self, name: str) -> str:
        """The name, if there is such an exercise. Raises Refusal."""
        there_are = self.exercises()
        if name not in there_are:
            raise Refusal(f"there is no exercise {name!r}{near(name, there_are)}")
        return name

    def learner(self, name: str) -> str:
        """The id of whom the gradebook knows by this id, e-mail or platform's name, or who has
        handed in. Raises Refusal."""
        learners = read_roster(self._gradebook)
        handed_in = (self.course.root / self.course.directory.submitted_directory).glob("*/")
        ids = {x.student_id for x in learners} | {f.name for f in handed_in if is_learner(f.name)}
        if name in ids:
            return name
        found, _ = People(learners).find([name], name)
        if found is not None:
            return found.student_id
        if not ids:
            raise Refusal(
                f"nobody is in the gradebook yet, so neither is {name!r}: first read your roster, "
                f"`{typed('roster class.csv')}`, or `nbgrader db student add "
                f"{printable(name)}`"
            )
        raise Refusal(f"there is no learner {name!r}{near(name, sorted(ids))}")

    def due(self, exercise: str) -> datetime.datetime | None:
        """When an exercise is due, in UTC."""
        due = select(_ASSIGNMENT.c.duedate).where(_ASSIGNMENT.c.name == exercise)
        return self._connection.scalar(due)

    def set_due(self, exercise: str, due: datetime.datetime | None) -> None:
        """Let an exercise be due at a time in UTC, or at none."""
        if due is None:
            put_aside(self._connection, exercise)
        self._gradebook.update_or_create_assignment(exercise, duedate=due)
        with self.writing() as connection:
            take_up(connection, exercise)

    def extend(
        self,
        student: str,
        exercise: str,
        ahead: datetime.timedelta | None,
        until: datetime.datetime | None,
    ) -> Extension:
        """Give a learner an extension instead of an earlier one.

        ahead: how much later than everybody, by the clock on the wall; or
        until: the new due date, in UTC.
        Raises Refusal for one that is no later.
        """
        due = self.due(exercise)
        if until is not None:
            if due is None:
                raise Refusal(
                    f"{exercise} has no due date that could be extended: first set one, "
                    f'`{typed("due")} {exercise} "2026-11-20 12:00"`, or say how much later '
                    "with --days or --hours"
                )
            ahead = until - due
        elif due is not None and ahead is not None:
            ahead = self.course.settings.later(due, ahead) - due
        if ahead is None or ahead <= datetime.timedelta():
            than = f" than {exercise} is due: {self.course.settings.shown(due)}" if due else ""
            raise Refusal(f"that is not later{than}")
        with self.writing() as connection:
            grant(connection, student, exercise, ahead)
            take_up(connection, exercise, student)
        return Extension(student, exercise, due, ahead)

    def remove(self, student: str, exercise: str) -> Extension:
        """Take a learner's extension away; gives it. Raises Refusal where there is none."""
        there_is = self.extensions(exercise, student)
        if not there_is:
            raise Refusal(f"{student} has no extension for {exercise}")
        with self.writing() as connection:
            grant(connection, student, exercise, None)
        return there_is[0]

    def extensions(
        self, exercise: str | None = None, student: str | None = None
    ) -> list[Extension]:
        """Those that there are, of one exercise or one learner if named."""
        return extensions(self._connection, exercise, student)

    def described(self, extension: Extension) -> str:
        """One extension in a line."""
        if extension.until is None:
            return f"{extension.later}, counted from the due date once it is set"
        return f"until {self.course.settings.shown(extension.until)}, {extension.later} later"


@contextlib.contextmanager
def opened(course: CourseFolder) -> Iterator[Deadlines]:
    """The due dates of a course folder. Raises Refusal."""
    course.check_exercise()  # else a new gradebook would lie wherever one happens to be
    with course.gradebook() as gradebook:
        TABLES.create_all(gradebook.engine)
        yield Deadlines(course, gradebook)


def near(name: str, there_are: Sequence[str]) -> str:
    """What to add to a message about a name that there is not."""
    close = difflib.get_close_matches(name, there_are, 3, 0.6)
    if close:
        return f": did you mean {' or '.join(close)}?"
    if not there_are:
        return ": there is none yet"
    more = len(there_are) - MOST_NAMES
    listed = ", ".join(there_are[:MOST_NAMES])
    return f": there are {listed}{f' and {more} more' if more > 0 else ''}"
