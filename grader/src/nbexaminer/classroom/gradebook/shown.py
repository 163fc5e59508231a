"""What the gradebook has for a feedback page, of one notebook of a learner's submission."""

import datetime
from dataclasses import dataclass

from nbgrader import api
from sqlalchemy.orm import Session

from nbexaminer.classroom.deadlines import due_for, seconds_late
from nbexaminer.classroom.uploads import late_by_word


@dataclass(frozen=True)
class Shown:
    """It.

    grades: of each cell with points the score, the most there is, and whether a person has to look.
    comments: on each cell that has one.
    score: points, what being late costs taken off.
    handed_in, due: UTC, without a zone.
    late_by_word: what there is to say in the place of a time that nobody told, or empty.
    """

    grades: dict[str, tuple[float, float, bool]]
    comments: dict[str, str | None]
    score: float
    max_score: float
    late_penalty: float
    name: str
    handed_in: datetime.datetime | None
    late_by_word: str
    due: datetime.datetime | None
    seconds_late: float


def read_shown(session: Session, exercise: str, notebook: str, student: str) -> Shown:
    """Read it. Raises MissingEntry where the gradebook has no such submission."""
    of, query = api.SubmittedAssignment, session.query
    found = query(api.SubmittedNotebook).join(api.SubmittedNotebook.notebook)
    found = found.filter_by(name=notebook).join(api.SubmittedNotebook.assignment)
    found = found.filter(of.student_id == student).join(of.assignment).filter_by(name=exercise)
    if (row := found.one_or_none()) is None:
        raise api.MissingEntry(f"No such submitted notebook: {exercise}/{notebook} for {student}")
    # nbgrader asks for each cell alone, which takes longer than all that follows.
    grade, comment = api.Grade, api.Comment
    grades = query(api.BaseCell.name, grade.score, grade.max_score, grade.needs_manual_grade)
    grades = grades.join(grade.cell).filter(grade.notebook_id == row.id)
    comments = query(api.BaseCell.name, comment.comment).join(comment.cell)
    submission, learner = row.assignment, row.assignment.student
    due = due_for(session.connection(), exercise, student)
    penalty = row.late_submission_penalty or 0.0
    return Shown(
        {name: (score, most, bool(waits)) for name, score, most, waits in grades},
        dict(comments.filter(comment.notebook_id == row.id).tuples()),
        row.score - penalty,
        row.max_score,
        penalty,
        " ".join(name for name in (learner.first_name, learner.last_name) if name),
        submission.timestamp,
        late_by_word(session, submission),
        due,
        seconds_late(submission.timestamp, due),
    )
