"""A gradebook apart with the assignment alone, in which an attempt is graded before it counts.

It says what an attempt is worth, and feedback on an attempt that doesn't count is made from it.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Base, Gradebook, Student, SubmittedAssignment
from sqlalchemy import Table, create_engine, insert, inspect, select, update

from nbexaminer.conveyor.folder import ClassFolder
from nbexaminer.conveyor.workers import GradedNotebook
from nbexaminer.database import TABLES
from nbexaminer.gradebook.journal import JournalEntry

_STUDENT: Table = Student.__table__
_SUBMISSION: Table = SubmittedAssignment.__table__
DATABASE = "gradebook.db"
_LEARNERS = {
    "course", "student", "submitted_assignment", "submitted_notebook", "grade", "comment"
}  # fmt: skip
"""nbgrader's tables that stay empty in the copy, as ours do; but its course is there when it is
made."""


@dataclass(frozen=True)
class Worth:
    """What an attempt is worth.

    points: of the tests, what being late costs taken off.
    most: how many there are, those for written answers with them.
    waits: whether something has to be graded by hand.
    """

    points: float
    most: float
    waits: bool


class Scratch:
    """The gradebook apart, open; `close` it.

    place: an empty folder for it.
    """

    def __init__(self, folder: ClassFolder, place: Path) -> None:
        self._exercise = folder.exercise
        self.place = place
        self._url = url_in(place)
        # With tables of ours in it, nbgrader doesn't start `alembic`, which takes seconds, to write
        # down the version of a database that is gone when serving ends.
        engine = create_engine(self._url)
        TABLES.create_all(engine)
        engine.dispose()
        self._own = own = Gradebook(self._url, folder.course.directory.course_id)
        with folder.course.gradebook() as real:
            there = inspect(real.engine).get_table_names()
            for table in Base.metadata.sorted_tables:
                if table.name in there and table.name not in _LEARNERS:
                    rows = [dict(row) for row in real.db.execute(select(table)).mappings()]
                    if rows:
                        own.db.execute(insert(table), rows)
        own.db.commit()
        self._assignment_id = own.find_assignment(self._exercise).id
        own.db.rollback()
        self._gradebook = folder.gradebook(self._url)

    def close(self) -> None:
        """Let go of the file."""
        self._gradebook.__exit__()
        self._own.close()

    def worth(
        self,
        student: str,
        handed_in: datetime.datetime | None,
        extension: datetime.timedelta | None,
        notebooks: Iterable[GradedNotebook],
    ) -> Worth:
        """Grade an attempt here."""
        with self._gradebook.transaction() as connection:
            mine = _SUBMISSION.c.student_id == student
            values = {"assignment_id": self._assignment_id, "extension": extension}
            if connection.execute(update(_SUBMISSION).where(mine).values(values)).rowcount == 0:
                connection.execute(insert(_STUDENT).values(id=student))
                connection.execute(insert(_SUBMISSION).values(values | {"student_id": student}))
        self._gradebook.record(student, handed_in, notebooks, JournalEntry("", "", "", "[]"))
        found = self._own.find_submission(self._exercise, student)
        points = found.score - found.late_submission_penalty
        worth = Worth(points, found.max_score, found.needs_manual_grade)
        self._own.db.rollback()  # so that it reads anew the next time
        return worth

    def copy(self, to: Path) -> None:
        """Copy it into the folder `to`, as it is after what was graded last."""
        shutil.copy(self.place / DATABASE, to / DATABASE)


def url_in(place: Path) -> str:
    """The URL of a copy in a folder."""
    return f"sqlite:///{place / DATABASE}"
