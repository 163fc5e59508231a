"""For `serve`: a gradebook apart, in which an attempt is graded before it counts.

It says what an attempt is worth, and feedback on an attempt that doesn't count is made from it.
"""

from __future__ import annotations

import datetime
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from nbgrader.api import Base, Gradebook
from sqlalchemy import create_engine, insert, inspect, select

from nbexaminer.conveyor.folder import ClassFolder
from nbexaminer.conveyor.workers import GradedNotebook
from nbexaminer.database import TABLES
from nbexaminer.deadlines import grant
from nbexaminer.gradebook.writer import JournalEntry

DATABASE = "gradebook.db"
_LEARNERS = {
    "course", "student", "submitted_assignment", "submitted_notebook", "grade", "comment"
}  # fmt: skip
"""nbgrader's tables that stay empty in the copy, as ours do; but its course is there when it is
made."""


class Scratch:
    """The gradebook apart, there while this is entered; `place` is its folder."""

    def __init__(self, folder: ClassFolder) -> None:
        self._exercise = folder.exercise
        self._temporary = tempfile.TemporaryDirectory(prefix="serve-")
        self.place = Path(self._temporary.name)
        url = url_in(self.place)
        # With tables of ours in it, nbgrader doesn't start `alembic`, which takes seconds, to write
        # down the version of a database that is gone when serving ends.
        engine = create_engine(url)
        TABLES.create_all(engine)
        engine.dispose()
        self._own = own = Gradebook(url, folder.course.directory.course_id)
        with folder.course.gradebook() as real:
            there = inspect(real.engine).get_table_names()
            for table in Base.metadata.sorted_tables:
                if table.name in there and table.name not in _LEARNERS:
                    rows = [dict(row) for row in real.db.execute(select(table)).mappings()]
                    if rows:
                        own.db.execute(insert(table), rows)
        own.db.commit()
        self._gradebook = folder.gradebook(url)

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *_: object) -> None:
        self._gradebook.__exit__()
        self._own.close()
        self._temporary.cleanup()

    def worth(
        self,
        student: str,
        handed_in: datetime.datetime | None,
        extension: datetime.timedelta | None,
        notebooks: Iterable[GradedNotebook],
    ) -> tuple[float, str]:
        """Grade an attempt here; gives the points of its tests, what being late costs taken off,
        and in words how many of how many these are. Raises GradebookError."""
        with self._gradebook.transaction() as connection:
            grant(connection, student, self._exercise, extension)
        self._gradebook.record(student, handed_in, notebooks, JournalEntry("", "", "", "[]"))
        found = self._own.find_submission(self._exercise, student)
        points: float = found.score - found.late_submission_penalty
        text = f"{points:g} of {found.max_score:g} points"
        if found.needs_manual_grade:
            text += ", the rest is to be graded by hand"
        self._own.db.rollback()  # so that it reads anew the next time
        return points, text

    def copy(self, to: Path) -> None:
        """Copy it into the folder `to`, as it is after what was graded last."""
        shutil.copy(self.place / DATABASE, to / DATABASE)


def url_in(place: Path) -> str:
    """The URL of a copy in a folder."""
    return f"sqlite:///{place / DATABASE}"
