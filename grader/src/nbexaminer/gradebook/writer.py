"""Write one submission into nbgrader's gradebook, in one transaction.

nbgrader's own preprocessors open the gradebook nine times and commit 27 times a submission.
The rows written here are the ones that they write (nbgrader/api.py and
nbgrader/preprocessors/{saveautogrades,latepenalties}.py, version 0.9), by one engine.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from nbgrader import api
from sqlalchemy import Connection, Select, Table, bindparam, func, insert, select, update

from nbexaminer.database import TABLES, reached
from nbexaminer.deadlines import extensions
from nbexaminer.errors import GradebookError
from nbexaminer.examination.record import GradedNotebook
from nbexaminer.gradebook import journal
from nbexaminer.gradebook.journal import JournalEntry
from nbexaminer.notebook.source import Source
from nbexaminer.people.roster import excluded_ids

SMALLEST_POINTS = 1e-6
"""Penalties that differ by less are the same."""
Penalty = Callable[[str, float, float], float | None]
"""Points taken off a learner's score, so many seconds late; nbgrader's plugin."""

_ASSIGNMENT: Table = api.Assignment.__table__
_STUDENT: Table = api.Student.__table__
_SUBMISSION: Table = api.SubmittedAssignment.__table__
_NOTEBOOK: Table = api.SubmittedNotebook.__table__
_GRADE: Table = api.Grade.__table__
_COMMENT: Table = api.Comment.__table__


@dataclass(frozen=True)
class _Notebook:
    """A notebook of the assignment, and its cells' ids by their names."""

    id: str
    points: dict[str, float]
    grades: dict[str, str]
    comments: dict[str, str]


class ClassGradebook:
    """One assignment in a gradebook, open for one writer.

    url: for SQLAlchemy, sqlite or postgresql.
    course_id: as configured.
    create_students: whether learners that the gradebook doesn't know are added to it.
    penalty: for what was handed in late.
    Raises GradebookError where the assignment has not been generated; this and all methods raise
    GradebookUnavailable where the database is locked for longer than its driver waits (of SQLite
    5 seconds, unless the url says `?timeout=`), or can't be reached.
    """

    def __init__(
        self, url: str, course_id: str, assignment: str, create_students: bool, penalty: Penalty
    ) -> None:
        self._url = url
        with self._reached(), api.Gradebook(url, course_id) as gradebook:
            self._engine = gradebook.engine
            try:
                found = gradebook.find_assignment(assignment)
            except api.MissingEntry:
                raise GradebookError(
                    f"the gradebook has no assignment {assignment!r}: "
                    f"run `nbgrader generate_assignment {assignment}` first"
                ) from None
            self._assignment, self._assignment_id = assignment, found.id
            self._notebooks = {n.name: _cells(n) for n in found.notebooks}
        self._create_students = create_students
        self._penalty = penalty
        with self._reached():
            TABLES.create_all(self._engine)

    def __enter__(self) -> ClassGradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def _reached(self) -> AbstractContextManager[None]:
        return reached(self._url)

    def check(self, name: str, source: Source) -> None:
        """Compare a source notebook's graded cells with the gradebook's. Raises GradebookError."""
        known = self._notebooks.get(name)
        points = {cell.name: cell.points for cell in source.cells if cell.is_graded}
        if known is None or points != known.points:
            raise GradebookError(
                f"the cells or points of {name} in the gradebook are not those of the source: "
                "run `nbgrader generate_assignment` again (with --force)"
            )

    def entry(self, student: str) -> JournalEntry | None:
        """The journal's entry on a learner, or None."""
        with self._reached(), self._engine.connect() as connection:
            row = self._submission(connection, student)
            return None if row is None else journal.read(connection, row.id)

    def excluded(self) -> set[str]:
        """Ids of the learners whose work is not graded."""
        with self._reached(), self._engine.connect() as connection:
            return excluded_ids(connection)

    def awaiting_a_human(self) -> int:
        """How many submissions have something that a human has to grade."""
        joined = _SUBMISSION.join(_NOTEBOOK, _NOTEBOOK.c.assignment_id == _SUBMISSION.c.id).join(
            _GRADE, _GRADE.c.notebook_id == _NOTEBOOK.c.id
        )
        mine = (_SUBMISSION.c.assignment_id == self._assignment_id) & _GRADE.c.needs_manual_grade
        counted = select(func.count(_SUBMISSION.c.id.distinct())).select_from(joined).where(mine)
        with self._reached(), self._engine.connect() as connection:
            return connection.scalar(counted) or 0

    def record(
        self,
        student: str,
        timestamp: datetime.datetime | None,
        notebooks: Iterable[GradedNotebook],
        entry: JournalEntry,
        beside: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        """Write a graded submission, its journal entry and what `beside` writes, all or nothing.

        What a human has given stays, and is to be looked at again where what it was given for has
        changed. Raises GradebookError for a learner who is unknown and is not to be added.
        """
        with self._reached(), self._engine.begin() as connection:
            self._ensure_student(connection, student)
            submission = self._ensure_submission(connection, student, timestamp)
            rows = self._ensure_notebooks(connection, submission)
            for graded in notebooks:
                known = self._notebooks[graded.name]
                _write_grades(connection, rows[known.id], known, graded)
                _write_comments(connection, rows[known.id], known, graded)
            journal.write(connection, submission, entry)
            self._write_penalties(connection, student)
            beside(connection)

    def update_penalties(self) -> int:
        """Bring everybody's penalty for lateness up to date; how many changed.

        They change with the due date, an extension, the policy, and points given by hand.
        """
        with self._reached(), self._engine.begin() as connection:
            return self._write_penalties(connection)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """For what else is read or written; all of it is, or nothing."""
        with self._reached(), self._engine.begin() as connection:
            yield connection

    def extension(self, connection: Connection, student: str) -> datetime.timedelta | None:
        """The time that a learner has beyond the due date, if it has one; also before anything is
        handed in."""
        granted = extensions.extensions(connection, self._assignment, student)
        return granted[0].ahead if granted and granted[0].due is not None else None

    def tests_worth(self, connection: Connection, student: str) -> float:
        """Points of the tests of what counts now, what being late costs now taken off."""
        row = self._submission(connection, student)
        if row is None:
            return 0.0
        due = connection.scalar(
            select(_ASSIGNMENT.c.duedate).where(_ASSIGNMENT.c.id == self._assignment_id)
        )
        late = _seconds_late(due, row.extension, row.timestamp)
        mine = (_NOTEBOOK.c.assignment_id == row.id) & (_GRADE.c.notebook_id == _NOTEBOOK.c.id)
        earned = select(func.sum(_GRADE.c.auto_score)).where(mine).group_by(_NOTEBOOK.c.id)
        worth = 0.0
        for points in connection.scalars(earned):
            score = float(points or 0)
            penalty = self._penalty(student, score, late) if late > 0 else None
            worth += score - min(max(penalty or 0.0, 0.0), score)
        return worth

    def _submission(self, connection: Connection, student: str) -> Any:
        columns = _SUBMISSION.c
        mine = (columns.assignment_id == self._assignment_id) & (columns.student_id == student)
        return connection.execute(select(_SUBMISSION).where(mine)).one_or_none()

    def _ensure_student(self, connection: Connection, student: str) -> None:
        if connection.execute(select(_STUDENT.c.id).where(_STUDENT.c.id == student)).first():
            return
        if not self._create_students:
            raise GradebookError(f"the gradebook has no student {student!r}")
        connection.execute(insert(_STUDENT).values(id=student))

    def _ensure_submission(
        self, connection: Connection, student: str, timestamp: datetime.datetime | None
    ) -> str:
        """Its id."""
        row = self._submission(connection, student)
        if row is None:
            values: dict[str, Any] = {"assignment_id": self._assignment_id, "student_id": student}
            made = connection.execute(insert(_SUBMISSION).values(values | {"timestamp": timestamp}))
            assert made.inserted_primary_key is not None
            return str(made.inserted_primary_key[0])
        if timestamp is not None:  # as in nbgrader, one that is no longer there leaves the earlier
            changed = update(_SUBMISSION).where(_SUBMISSION.c.id == row.id)
            connection.execute(changed.values(timestamp=timestamp))
        return str(row.id)

    def _ensure_notebooks(self, connection: Connection, submission: str) -> dict[str, str]:
        """Ids of the submission's rows, by the assignment's notebooks' ids."""
        columns = _NOTEBOOK.c
        found = select(columns.notebook_id, columns.id).where(columns.assignment_id == submission)
        rows = {notebook: row for notebook, row in connection.execute(found)}
        for notebook in self._notebooks.values():
            if notebook.id not in rows:
                values = {"assignment_id": submission, "notebook_id": notebook.id}
                made = connection.execute(insert(_NOTEBOOK).values(values))
                assert made.inserted_primary_key is not None
                rows[notebook.id] = made.inserted_primary_key[0]
        return rows

    def _write_penalties(self, connection: Connection, student: str | None = None) -> int:
        """Write what the penalties should be, of one learner if named; how many that changes."""
        extensions.take_up(connection, self._assignment, student)
        due = connection.scalar(
            select(_ASSIGNMENT.c.duedate).where(_ASSIGNMENT.c.id == self._assignment_id)
        )
        # nbgrader can't extend a due date that was taken away in the formgrader.
        if due is None and extensions.taken_up(connection, self._assignment):
            extensions.put_aside(connection, self._assignment)
        mine = _SUBMISSION.c.assignment_id == self._assignment_id
        if student is not None:
            mine &= _SUBMISSION.c.student_id == student
        notebook = _NOTEBOOK.c
        joined = _NOTEBOOK.join(_SUBMISSION, _SUBMISSION.c.id == notebook.assignment_id)
        found = (
            select(
                notebook.id,
                notebook.late_submission_penalty,
                _SUBMISSION.c.student_id,
                _SUBMISSION.c.timestamp,
                _SUBMISSION.c.extension,
            )
            .select_from(joined)
            .where(mine)
        )
        rows = [
            (row, before, whose, _seconds_late(due, extension, timestamp))
            for row, before, whose, timestamp, extension in connection.execute(found)
        ]
        scores: dict[str, float] = {}
        if any(late > 0 for *_, late in rows):
            scores = _scores(connection, select(notebook.id).select_from(joined).where(mine))
        values, changed = [], 0
        for row, before, whose, late in rows:
            score = scores.get(row, 0.0)
            penalty = self._penalty(whose, score, late) if late > 0 else None
            if penalty is not None:
                penalty = min(max(penalty, 0.0), score)
            other = abs((before or 0.0) - (penalty or 0.0)) >= SMALLEST_POINTS
            if other or (before is None) != (penalty is None):
                values.append({"_notebook": row, "late_submission_penalty": penalty})
                changed += other
        if values:
            this = notebook.id == bindparam("_notebook")
            connection.execute(update(_NOTEBOOK).where(this), values)
        return changed


def _scores(connection: Connection, notebooks: Select[tuple[str]]) -> dict[str, float]:
    """Points of submitted notebooks, without penalties; one without grades isn't there."""
    row = _GRADE.c.notebook_id
    found = select(row, func.sum(api.Grade.score)).where(row.in_(notebooks)).group_by(row)
    return {notebook: float(score) for notebook, score in connection.execute(found)}


def _seconds_late(
    due: datetime.datetime | None,
    extension: datetime.timedelta | None,
    handed_in: datetime.datetime | None,
) -> float:
    if due is None or handed_in is None:
        return 0.0
    return (handed_in - due - (extension or datetime.timedelta())).total_seconds()


def _cells(notebook: api.Notebook) -> _Notebook:
    graded = {c.name: c.id for c in (*notebook.grade_cells, *notebook.task_cells)}
    answers = {c.name: c.id for c in (*notebook.solution_cells, *notebook.task_cells)}
    points = {c.name: float(c.max_score) for c in notebook.grade_cells}
    return _Notebook(notebook.id, points, graded, answers)


def _write_grades(
    connection: Connection, row: str, known: _Notebook, graded: GradedNotebook
) -> None:
    columns = (_GRADE.c.cell_id, _GRADE.c.manual_score, _GRADE.c.needs_manual_grade)
    found = connection.execute(select(*columns).where(_GRADE.c.notebook_id == row))
    present = {cell: (by_hand, look) for cell, by_hand, look in found}
    before = journal.grounds_before(connection, row)
    values: dict[str, dict[str, Any]] = {}
    for name, cell in known.grades.items():
        by_hand, waits = present.get(cell, (None, False))
        if name in graded.scores:
            score = graded.scores[name]
            look = score is None or by_hand is not None
            if by_hand is not None and before.get(name) == graded.grounds[name]:
                look = waits
            look = look or bool(graded.reason)
            values[cell] = {"auto_score": score, "needs_manual_grade": look}
        elif cell not in present or graded.reason:  # a task: nothing about it is automatic
            values[cell] = {"auto_score": None, "needs_manual_grade": True}
    _write(connection, _GRADE, row, present, values)
    journal.write_grounds(connection, row, graded.grounds)


def _write_comments(
    connection: Connection, row: str, known: _Notebook, graded: GradedNotebook
) -> None:
    present = select(_COMMENT.c.cell_id).where(_COMMENT.c.notebook_id == row)
    values = {
        cell: {"auto_comment": graded.comments.get(name)} for name, cell in known.comments.items()
    }
    _write(connection, _COMMENT, row, set(connection.scalars(present)), values)


def _write(
    connection: Connection,
    table: Table,
    row: str,
    present: Iterable[str],
    values: Mapping[str, dict[str, Any]],
) -> None:
    """Update the rows of a submitted notebook's cells that are `present`, insert the others."""
    present = set(present)
    new = [{"notebook_id": row, "cell_id": c} | v for c, v in values.items() if c not in present]
    old = [{"_cell": c} | v for c, v in values.items() if c in present]
    if new:
        connection.execute(insert(table), new)
    if old:
        mine = (table.c.notebook_id == row) & (table.c.cell_id == bindparam("_cell"))
        connection.execute(update(table).where(mine), old)
