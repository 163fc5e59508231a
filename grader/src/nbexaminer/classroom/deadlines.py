"""Due dates and extensions as an instructor gives them, also before anybody hands in.

They are kept as they were said, in tables of ours: so much later for a learner in an exercise, or
in every one; a date of a section's own. What that comes to for a learner is found when it is asked
for, so it follows each date that changes, and exercises that come later. An extension that stands
in nbgrader's own column, where its API writes it, counts as one for the exercise.
"""

import contextlib
import datetime
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nbgrader import api
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Interval,
    String,
    Table,
    delete,
    exists,
    select,
    update,
)

from nbexaminer.classroom.course_folder import CourseFolder
from nbexaminer.classroom.database import TABLES, put
from nbexaminer.classroom.intake.names import is_learner, listed, printable
from nbexaminer.classroom.roster import ROSTER, People, read_roster
from nbexaminer.cli import cli
from nbexaminer.errors import Refusal

MOST_NAMES = 20
EVERY = "every exercise"
"""In the place of an exercise's name: an extension for all that there are and will be."""
EXTENSIONS, _DERIVED = (
    Table(
        name,
        TABLES,
        Column("student_id", String(128), primary_key=True),
        Column("assignment", String(128), primary_key=True),
        Column("extension", Interval, nullable=False),
    )
    for name in ("grading_extension", "grading_extension_following")
)
# `_DERIVED` has what earlier versions wrote into nbgrader's column besides learners' own.
SECTIONS = Table(
    "grading_section_due",
    TABLES,
    Column("section", String, primary_key=True),
    Column("assignment", String(128), primary_key=True),
    Column("due", DateTime),
)
_ASSIGNMENT: Table = api.Assignment.__table__
_SUBMISSION: Table = api.SubmittedAssignment.__table__
_GRANTED = select(
    _SUBMISSION.c.student_id, _ASSIGNMENT.c.name, _ASSIGNMENT.c.duedate, _SUBMISSION.c.extension
).where(
    _ASSIGNMENT.c.id == _SUBMISSION.c.assignment_id,
    _SUBMISSION.c.extension.is_not(None),
    ~exists().where(
        _DERIVED.c.student_id == _SUBMISSION.c.student_id,
        _DERIVED.c.assignment == _ASSIGNMENT.c.name,
        _DERIVED.c.extension == _SUBMISSION.c.extension,
    ),
)
_SAID = select(
    EXTENSIONS.c.student_id, EXTENSIONS.c.assignment, _ASSIGNMENT.c.duedate, EXTENSIONS.c.extension
).join(_ASSIGNMENT, _ASSIGNMENT.c.name == EXTENSIONS.c.assignment, isouter=True)


class Extension(NamedTuple):
    """One learner's, for one exercise or for EVERY.

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
        hours, minutes = divmod(max(0, round(self.ahead.total_seconds() / 60)), 60)
        days, hours = divmod(hours, 24)
        parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
        return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n) or "no time"


def grant(
    connection: Connection, student: str, exercise: str, ahead: datetime.timedelta | None
) -> None:
    """Give a learner an extension instead of an earlier one; None takes it away."""
    of, row = EXTENSIONS.c, {"student_id": student, "assignment": exercise, "extension": ahead}
    connection.execute(
        delete(EXTENSIONS).where(of.student_id == student, of.assignment == exercise)
    )
    named = select(_ASSIGNMENT.c.id).where(_ASSIGNMENT.c.name == exercise)
    mine = update(_SUBMISSION).where(_SUBMISSION.c.assignment_id.in_(named))
    connection.execute(mine.where(_SUBMISSION.c.student_id == student).values(extension=None))
    if ahead is not None:
        put(connection, EXTENSIONS, row)


def extensions(
    connection: Connection, exercise: str | None = None, student: str | None = None
) -> list[Extension]:
    """Learners' own, of one exercise or one learner if named, by exercise and learner."""
    found = {}
    for row in (*connection.execute(_GRANTED), *connection.execute(_SAID)):
        if exercise in (None, row[1]) and student in (None, row[0]):
            found[row[1], row[0]] = Extension(*row)
    return [found[key] for key in sorted(found)]


def due_of(connection: Connection, exercise: str) -> datetime.datetime | None:
    """When an exercise is due for everybody, in UTC."""
    return connection.scalar(select(_ASSIGNMENT.c.duedate).where(_ASSIGNMENT.c.name == exercise))


def all_ahead(
    connection: Connection, exercise: str, student: str | None = None
) -> dict[str, datetime.timedelta]:
    """How much later than everybody some learners may hand in, or one if named.

    A learner's own extension for the exercise goes first; else the section's date counts, and on
    top of it what the learner has for every exercise. The tables must be there.
    """
    ahead = _of_sections(connection, exercise, student)
    own = extensions(connection, student=student)
    for who, more in ((x.student_id, x.ahead) for x in own if x.exercise == EVERY):
        ahead[who] = ahead.get(who, datetime.timedelta()) + more
    return ahead | {x.student_id: x.ahead for x in own if x.exercise == exercise}


def due_for(connection: Connection, exercise: str, student: str) -> datetime.datetime | None:
    """When an exercise is due for a learner, in UTC; the tables must be there."""
    due, ahead = due_of(connection, exercise), all_ahead(connection, exercise, student)
    return due and due + ahead.get(student, datetime.timedelta())


def seconds_late(handed_in: datetime.datetime | None, due: datetime.datetime | None) -> float:
    """How late something is; both times in UTC, None where there is none."""
    return max(0.0, (handed_in - due).total_seconds()) if handed_in and due else 0.0


def _of_sections(
    connection: Connection, exercise: str, student: str | None = None
) -> dict[str, datetime.timedelta]:
    """How much later than everybody learners may hand in by the dates of their sections."""
    dates = select(ROSTER.c.student_id, SECTIONS.c.due, _ASSIGNMENT.c.duedate)
    dates = dates.where(ROSTER.c.section == SECTIONS.c.section, SECTIONS.c.due.is_not(None))
    dates = dates.where(_ASSIGNMENT.c.name == SECTIONS.c.assignment, _ASSIGNMENT.c.name == exercise)
    if student is not None:
        dates = dates.where(ROSTER.c.student_id == student)
    return {who: due - for_all for who, due, for_all in connection.execute(dates) if for_all}


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
                f"`{cli('roster class.csv')}`, or `nbgrader db student add "
                f"{printable(name)}`"
            )
        raise Refusal(f"there is no learner {name!r}{near(name, sorted(ids))}")

    def due(self, exercise: str, student: str | None = None) -> datetime.datetime | None:
        """When an exercise is due for everybody, or for a learner, in UTC."""
        if student is None:
            return due_of(self._connection, exercise)
        return due_for(self._connection, exercise, student)

    def of_sections(self, exercise: str) -> dict[str, datetime.datetime]:
        """The sections that have a date of their own for an exercise, and when, in UTC."""
        dates = select(SECTIONS).where(SECTIONS.c.assignment == exercise)
        rows = self._connection.execute(dates.order_by(SECTIONS.c.section))
        return {row.section: row.due for row in rows if row.due is not None}

    def set_due(
        self, exercise: str, due: datetime.datetime | None, section: str | None = None
    ) -> None:
        """Let an exercise be due at a time in UTC, or at none, for everybody or for a section.

        Raises Refusal for a section that nobody is in, and where nothing is due for the others.
        """
        if section is None:
            self._gradebook.update_or_create_assignment(exercise, duedate=due)
        else:
            there_are = sorted({x.section for x in read_roster(self._gradebook) if x.section})
            if due and section not in there_are:
                raise Refusal(f"the roster has no section {section!r}{near(section, there_are)}")
            if due and self.due(exercise) is None:
                raise Refusal(
                    f"{exercise} has no due date yet: first set the one for all the others, "
                    f'`{cli("due")} {exercise} "2026-11-20 12:00"`'
                )
            with self.writing() as connection:
                put(connection, SECTIONS, {"section": section, "assignment": exercise, "due": due})

    def extend(
        self,
        student: str,
        exercise: str,
        ahead: datetime.timedelta | None,
        until: datetime.datetime | None,
    ) -> Extension:
        """Give a learner an extension instead of an earlier one.

        ahead: how much later than the learner's section, by the clock on the wall; or
        until: the new due date, in UTC.
        Raises Refusal for one that is no later.
        """
        due = self.due(exercise)
        least = _of_sections(self._connection, exercise).get(student, datetime.timedelta())
        if until is not None:
            if due is None:
                raise Refusal(
                    f"{exercise} has no due date that could be extended: first set one, "
                    f'`{cli("due")} {exercise} "2026-11-20 12:00"`, or say how much later '
                    "with --days or --hours"
                )
            ahead = until - due
        elif due is not None and ahead is not None:
            ahead = self.course.settings.later(due + least, ahead) - due
        if ahead is None or ahead <= least:
            date = f" for {student}: {self.course.settings.shown(due + least)}" if due else ""
            raise Refusal(f"that is not later than {exercise} is due{date}")
        with self.writing() as connection:
            grant(connection, student, exercise, ahead)
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
        """Learners' own, of one exercise or one learner if named."""
        return extensions(self._connection, exercise, student)

    def described(self, extension: Extension) -> str:
        """One extension in a line."""
        if extension.exercise == EVERY:
            return f"{extension.later} more for {EVERY}"
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
    return f": there are {listed(there_are, MOST_NAMES)}" if there_are else ": there is none yet"
