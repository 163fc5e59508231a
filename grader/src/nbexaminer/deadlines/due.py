"""Due dates and extensions as an instructor gives them, in the course's time zone."""

from __future__ import annotations

import contextlib
import datetime
import difflib
from collections.abc import Iterator, Sequence

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import Connection

from nbexaminer.course_folder import CourseFolder
from nbexaminer.database import TABLES, reached
from nbexaminer.deadlines import extensions
from nbexaminer.deadlines.extensions import Extension, in_words
from nbexaminer.errors import Refusal
from nbexaminer.intake.names import is_learner, printable
from nbexaminer.people.roster import People, read_roster
from nbexaminer.typed import typed

MOST_NAMES = 20


class Deadlines:
    """The due dates of a course folder; from `opened`."""

    def __init__(self, course: CourseFolder, gradebook: Gradebook) -> None:
        self.course = course
        self._gradebook = gradebook

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
        there_are = {a.name for a in self._gradebook.assignments}
        with contextlib.suppress(FileNotFoundError):
            there_are.update(self.course.exercises())
        return sorted(there_are)

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
        ids = {learner.student_id for learner in learners} | self._handed_in()
        if name in ids:
            return name
        matched = People(learners).find([name], name)
        if matched.learner is not None:
            return matched.learner.student_id
        if not ids:
            raise Refusal(
                f"nobody is in the gradebook yet, so neither is {name!r}: first read your roster, "
                f"`{typed('roster class.csv')}`, or `nbgrader db student add "
                f"{printable(name)}`"
            )
        raise Refusal(f"there is no learner {name!r}{near(name, sorted(ids))}")

    def _handed_in(self) -> set[str]:
        submitted = self.course.root / self.course.directory.submitted_directory
        if not submitted.is_dir():
            return set()
        return {f.name for f in submitted.iterdir() if f.is_dir() and is_learner(f.name)}

    def due(self, exercise: str) -> datetime.datetime | None:
        """When an exercise is due, in UTC."""
        try:
            due: datetime.datetime | None = self._gradebook.find_assignment(exercise).duedate
        except MissingEntry:
            return None
        return due

    def set_due(self, exercise: str, due: datetime.datetime | None) -> None:
        """Let an exercise be due at a time in UTC, or at none."""
        if due is None:
            extensions.put_aside(self._connection, exercise)
        self._gradebook.update_or_create_assignment(exercise, duedate=due)
        extensions.take_up(self._connection, exercise)
        self._gradebook.db.commit()

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
            said = "that is not later" if due is None else self._not_later(exercise, due)
            raise Refusal(said)
        extensions.grant(self._connection, student, exercise, ahead)
        extensions.take_up(self._connection, exercise, student)
        self._gradebook.db.commit()
        return Extension(student, exercise, due, ahead)

    def _not_later(self, exercise: str, due: datetime.datetime) -> str:
        return f"that is not later than {exercise} is due: {self.course.settings.shown(due)}"

    def remove(self, student: str, exercise: str) -> Extension:
        """Take a learner's extension away; gives it. Raises Refusal where there is none."""
        there_is = self.extensions(exercise, student)
        if not there_is:
            raise Refusal(f"{student} has no extension for {exercise}")
        extensions.grant(self._connection, student, exercise, None)
        self._gradebook.db.commit()
        return there_is[0]

    def extensions(
        self, exercise: str | None = None, student: str | None = None
    ) -> list[Extension]:
        """Those that there are, of one exercise or one learner if named."""
        return extensions.extensions(self._connection, exercise, student)

    def described(self, extension: Extension) -> str:
        """One extension in a line."""
        later = in_words(extension.ahead)
        if extension.until is None:
            return f"{later}, counted from the due date once it is set"
        return f"until {self.course.settings.shown(extension.until)}, {later} later"


@contextlib.contextmanager
def opened(db: str | None = None) -> Iterator[Deadlines]:
    """The due dates of the course folder that the command runs in.

    db: URL of the gradebook, instead of the configured one.
    Raises Refusal, and TraitError for a configuration that can't be used.
    """
    course = CourseFolder(db)
    if not course.exercises():  # else a new gradebook would lie wherever one happens to be
        raise Refusal(course.no_such(""))
    with reached(course.db_url), course.gradebook() as gradebook:
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
