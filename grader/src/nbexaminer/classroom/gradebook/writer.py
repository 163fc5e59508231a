"""Write one submission into nbgrader's gradebook, in one transaction.

nbgrader's own preprocessors open the gradebook nine times and commit 27 times a submission.
The rows written here are the ones that they write (nbgrader/api.py and
nbgrader/preprocessors/{saveautogrades,latepenalties}.py, version 0.9), in one session.

Two tables beside nbgrader's are written in the same transaction: the journal of what has been
graded already, by content, so that after a crash there are both or neither; and what was judged in
each notebook, so that an answer which a human has graded is looked at again only where it changes.
"""

import contextlib
import datetime
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from nbgrader import api
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Column, Connection, String, Table, Text, func, select, update
from sqlalchemy.orm import Session
from traitlets.config import Configurable

from nbexaminer.classroom.database import TABLES, put, reached
from nbexaminer.classroom.deadlines import all_ahead, due_for, seconds_late
from nbexaminer.classroom.gradebook.shown import Shown, read_shown
from nbexaminer.errors import GradebookError
from nbexaminer.judging.notebook.source import Source
from nbexaminer.judging.session.verdicts import WORTH, GradedNotebook

SMALLEST_POINTS = 1e-6
"""Penalties that differ by less are the same."""
Penalty = Callable[[str, float, float], float | None]
"""Points taken off a learner's score, so many seconds late; nbgrader's plugin."""
JOURNAL = Table(
    "grading_journal",
    TABLES,
    Column("submission_id", String(32), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("graded", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("verdicts", Text, nullable=False),
)
GROUNDS = Table(
    "grading_judged",
    TABLES,
    Column("notebook_id", String(32), primary_key=True),
    Column("hashes", Text, nullable=False),
)


@dataclass(frozen=True)
class JournalEntry:
    """How a submission was graded last.

    key: hash of all that its grades depend on.
    graded: hash of the graded notebooks, as they are to stand in the autograded folder.
    reason: why it needs the instructor, or empty, also once that is settled.
    verdicts: JSON, a list of one object for each test cell, with its notebook, cell, outcome,
        points, max_points, message and cause; the same bytes for the same key.
    """

    key: str
    graded: str
    reason: str
    verdicts: str


@dataclass(frozen=True)
class _Notebook:
    """A notebook of the assignment, and its cells' ids by their names."""

    id: str
    points: dict[str, float]
    grades: dict[str, str]
    comments: dict[str, str]


class ClassGradebook(AbstractContextManager["ClassGradebook", None]):
    """One assignment in a gradebook, open for one writer.

    url: for SQLAlchemy, sqlite or postgresql.
    create_students: whether learners that the gradebook doesn't know are added to it.
    penalty: for what was handed in late.
    max_score: points that there are.
    Raises GradebookError where the assignment has not been generated; this and all methods raise
    GradebookUnavailable where the database is locked for longer than its driver waits (of SQLite
    5 seconds, unless the url says `?timeout=`), or can't be reached.
    """

    def __init__(
        self, url: str, course_id: str, assignment: str, create_students: bool, penalty: Penalty
    ) -> None:
        self._url, self._assignment = url, assignment
        self._create_students, self._penalty = create_students, penalty
        with reached(url), api.Gradebook(url, course_id) as gradebook:
            self._engine = gradebook.engine
            try:
                found = gradebook.find_assignment(assignment)
            except api.MissingEntry:
                raise GradebookError(
                    f"the gradebook has no assignment {assignment!r}: "
                    f"run `nbgrader generate_assignment {assignment}` first"
                ) from None
            self._assignment_id = found.id
            self.max_score = float(found.max_score)
            self._notebooks = {n.name: _cells(n) for n in found.notebooks}
            TABLES.create_all(self._engine)

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """For what is read or written together; all of it is, or nothing."""
        with reached(self._url), self._engine.begin() as connection:
            yield connection

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
        with self.transaction() as connection, _session(connection) as session:
            found = self._submission(session, student)
            wanted = select(JOURNAL).where(JOURNAL.c.submission_id == (found and found.id))
            row = connection.execute(wanted).one_or_none()
        return None if row is None else JournalEntry(row.key, row.graded, row.reason, row.verdicts)

    def awaiting_a_human(self) -> set[str]:
        """Ids of the learners of whose work a human has to grade something."""
        with self.transaction() as connection, _session(connection) as session:
            found = session.query(api.SubmittedAssignment.student_id)
            found = found.filter_by(assignment_id=self._assignment_id)
            found = found.join(api.SubmittedAssignment.notebooks).join(api.SubmittedNotebook.grades)
            return {student for (student,) in found.filter(api.Grade.needs_manual_grade).distinct()}

    def record(
        self,
        connection: Connection,
        student: str,
        timestamp: datetime.datetime | None,
        notebooks: Iterable[GradedNotebook],
        entry: JournalEntry,
    ) -> None:
        """Write a graded submission and its journal entry, in the transaction at hand.

        What a human has given stays, and is to be looked at again where what it was given for has
        changed. Raises GradebookError for a learner who is unknown and is not to be added.
        """
        with _session(connection) as session:
            submission = self._submission(session, student) or self._add(session, student)
            if timestamp is not None:  # as in nbgrader, one that is gone leaves the earlier
                submission.timestamp = timestamp
            ids = {name: known.id for name, known in self._notebooks.items()}
            rows = _ensure(submission.notebooks, api.SubmittedNotebook, "notebook_id", ids)
            session.flush()
            for graded in notebooks:
                _write(rows[graded.name], self._notebooks[graded.name], graded, connection)
            session.flush()
            put(connection, JOURNAL, {"submission_id": submission.id} | vars(entry))
            session.expire_all()
            _write_penalties(session, self._assignment, self._penalty, student)

    def shown_apart(
        self,
        connection: Connection,
        student: str,
        timestamp: datetime.datetime | None,
        notebooks: Sequence[GradedNotebook],
    ) -> dict[str, Shown]:
        """What pages show of a submission of which nothing stays in the gradebook, by notebook.

        In the transaction at hand, which has written something: pysqlite begins none with a
        savepoint. What a human has given is for another submission.
        """
        with connection.begin_nested() as savepoint, _session(connection) as session:
            submission = self._submission(session, student)
            for notebook in submission.notebooks if submission else ():
                for grade in notebook.grades:
                    grade.manual_score = grade.extra_credit = None
                for comment in notebook.comments:
                    comment.manual_comment = None
            session.flush()
            self.record(connection, student, timestamp, notebooks, JournalEntry("", "", "", "[]"))
            session.expire_all()
            names = (graded.name for graded in notebooks)
            shown = {n: read_shown(session, self._assignment, n, student) for n in names}
            savepoint.rollback()
        return shown

    def settle(self, students: Collection[str] = ()) -> list[str]:
        """Have what can't be read wait for nobody, with 0 points where a human has given none;
        gives whose that was. What is handed in later is graded as ever.

        students: ids of those whose it may be; everybody's unless given.
        """
        with self.transaction() as connection, _session(connection) as session:
            found = session.query(api.SubmittedAssignment, JOURNAL.c.reason)
            found = found.filter_by(assignment_id=self._assignment_id)
            found = found.filter(JOURNAL.c.submission_id == api.SubmittedAssignment.id)
            rows = [x for x in found if x[1] and (not students or x[0].student_id in students)]
            for submission, reason in rows:
                unread = (n for n in submission.notebooks if f"; {n.name}: " in f"; {reason}")
                for grade in (grade for notebook in unread for grade in notebook.grades):
                    grade.needs_manual_grade = False
                    grade.auto_score = grade.auto_score or 0.0
                mine = update(JOURNAL).where(JOURNAL.c.submission_id == submission.id)
                connection.execute(mine.values(reason=""))
            session.flush()
            return sorted(submission.student_id for submission, _ in rows)

    def update_penalties(self) -> int:
        """Bring everybody's penalty for lateness up to date; how many changed."""
        with self.transaction() as connection, _session(connection) as session:
            return _write_penalties(session, self._assignment, self._penalty)

    def tests_worth(self, connection: Connection, student: str) -> float:
        """Points of the tests of what counts now, what being late costs now taken off."""
        with _session(connection) as session:
            submission = self._submission(session, student)
            notebooks = submission.notebooks if submission else ()
            scores = [sum(grade.auto_score or 0.0 for grade in n.grades) for n in notebooks]
            when = submission and submission.timestamp
        return self.worth(connection, student, when, scores)

    def has_tests_waiting(self, connection: Connection, student: str) -> bool:
        """Whether points of tests of what counts now wait for a human."""
        with _session(connection) as session:
            submission = self._submission(session, student)
            grades = (g for n in (submission.notebooks if submission else ()) for g in n.grades)
            waiting = {grade.cell_id for grade in grades if grade.needs_manual_grade}
        return any(
            id in waiting and name not in notebook.comments
            for notebook in self._notebooks.values()
            for name, id in notebook.grades.items()
        )

    def worth(
        self,
        connection: Connection,
        student: str,
        handed_in: datetime.datetime | None,
        scores: Iterable[float],
    ) -> float:
        """What is left of notebooks' scores when being late has cost what it costs now."""
        late = seconds_late(handed_in, due_for(connection, self._assignment, student))
        return sum(score - (_lost(student, score, late, self._penalty) or 0.0) for score in scores)

    def _submission(self, session: Session, student: str) -> Any:
        """The learner's, or None."""
        mine = {"assignment_id": self._assignment_id, "student_id": student}
        return session.query(api.SubmittedAssignment).filter_by(**mine).one_or_none()

    def _add(self, session: Session, student: str) -> Any:
        """A submission of a learner who has none yet."""
        if session.get(api.Student, student) is None:
            if not self._create_students:
                raise GradebookError(f"the gradebook has no student {student!r}")
            session.add(api.Student(id=student))
        made = api.SubmittedAssignment(assignment_id=self._assignment_id, student_id=student)
        session.add(made)
        return made


def _cells(notebook: api.Notebook) -> _Notebook:
    graded = {c.name: c.id for c in (*notebook.grade_cells, *notebook.task_cells)}
    answers = {c.name: c.id for c in (*notebook.solution_cells, *notebook.task_cells)}
    points = {c.name: float(c.max_score) for c in notebook.grade_cells}
    return _Notebook(notebook.id, points, graded, answers)


def _write(row: Any, known: _Notebook, graded: GradedNotebook, connection: Connection) -> None:
    """Write the grades and comments of a submitted notebook."""
    found = connection.scalar(select(GROUNDS.c.hashes).where(GROUNDS.c.notebook_id == row.id))
    before = json.loads(found or "{}")
    for name, grade in _ensure(row.grades, api.Grade, "cell_id", known.grades).items():
        by_hand, worth = grade.manual_score is not None, WORTH.format(name)
        now = graded.grounds.get(worth)
        is_worth_another = before.get(worth, now) != now  # of what is graded since that is noted
        if name in graded.scores:
            score = grade.auto_score = graded.scores[name]
            look = grade.needs_manual_grade
            if not by_hand or before.get(name) != graded.grounds[name]:
                look = score is None or by_hand
            grade.needs_manual_grade = look or bool(graded.reason)
        elif graded.reason:  # a task: nothing about it is automatic
            grade.auto_score, grade.needs_manual_grade = None, True
        if by_hand and is_worth_another:  # of how many they were given
            grade.needs_manual_grade = True
    for name, comment in _ensure(row.comments, api.Comment, "cell_id", known.comments).items():
        comment.auto_comment = graded.comments.get(name)
    hashes = json.dumps(graded.grounds, sort_keys=True)
    put(connection, GROUNDS, {"notebook_id": row.id, "hashes": hashes})


def _ensure(rows: Any, table: type[Any], column: str, ids: dict[str, str]) -> dict[str, Any]:
    """Those of `rows` whose column has one of the ids, by the ids' names; made where missing."""
    present = {getattr(row, column): row for row in rows}
    for new in ids.values() - present.keys():
        present[new] = table(**{column: new})
        rows.append(present[new])
    return {name: present[id] for name, id in ids.items()}


def penalty_of(parent: Configurable) -> Penalty:
    """The penalty that is configured; parent: nbgrader's app or converter."""
    late = AssignLatePenalties(parent=parent)
    late.init_plugin()
    found: Penalty = late.plugin_inst.late_submission_penalty
    return found


def bring_up_to_date(
    gradebook: api.Gradebook, exercises: Collection[str], parent: Configurable
) -> None:
    """Write the penalties of the exercises that the gradebook has, before scores are shown: they
    change with the due date, an extension, the policy, and points given by hand. Raises
    GradebookUnavailable."""
    with reached(gradebook.engine.url.render_as_string(hide_password=False)):
        TABLES.create_all(gradebook.engine)
        for name in [assignment.name for assignment in gradebook.assignments]:
            if name in exercises:
                _write_penalties(gradebook.db(), name, penalty_of(parent))
                gradebook.db.commit()


def _write_penalties(
    session: Session, exercise: str, penalty: Penalty, student: str | None = None
) -> int:
    """Write what the penalties should be, of one learner if named; how many that changes.

    In the transaction at hand, in which the session holds no submission yet.
    """
    assignment = session.query(api.Assignment).filter_by(name=exercise).one()
    found = session.query(api.SubmittedNotebook, api.SubmittedAssignment)
    found = found.join(api.SubmittedNotebook.assignment).filter_by(assignment_id=assignment.id)
    if student is not None:
        found = found.filter_by(student_id=student)
    ahead, due = all_ahead(session.connection(), exercise, student), assignment.duedate
    late = {}
    rows = found.all()
    for _, submission in rows:
        more = ahead.get(submission.student_id, datetime.timedelta())
        late[submission.id] = seconds_late(submission.timestamp, due and due + more)
    scores: dict[str, float] = {}
    if any(late.values()):
        of = api.Grade.notebook_id
        points = session.query(of, func.sum(api.Grade.score)).group_by(of)
        ids = found.with_entities(api.SubmittedNotebook.id)
        scores = dict(points.filter(of.in_(ids)).all())
    changed = 0
    for row, submission in rows:
        before, score = row.late_submission_penalty, scores.get(row.id, 0.0)
        now = _lost(submission.student_id, score, late[submission.id], penalty)
        other = abs((before or 0.0) - (now or 0.0)) >= SMALLEST_POINTS
        if other or (before is None) != (now is None):
            row.late_submission_penalty = now
        changed += other
    session.flush()
    return changed


def _lost(student: str, score: float, late: float, penalty: Penalty) -> float | None:
    """Of a notebook's score, what being so many seconds late costs; None where it was in time."""
    taken_off = penalty(student, score, late) if late > 0 else None
    return None if taken_off is None else min(max(taken_off, 0.0), score)


def _session(connection: Connection) -> Session:
    """For a transaction at hand, which it leaves as it is."""
    return Session(connection, join_transaction_mode="rollback_only")
