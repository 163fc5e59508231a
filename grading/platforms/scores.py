"""Scores of an exercise that a platform is told."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader import api
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import func, or_, select

from grading.platforms.collect import CannotDo


@dataclass(frozen=True)
class Score:
    """points: after the late penalty; unfinished: something waits for a human to grade it."""

    points: float
    unfinished: bool


@dataclass(frozen=True)
class Scores:
    """most: the exercise's points; by_learner: of those whose work has been graded."""

    most: float
    by_learner: dict[str, Score]

    @classmethod
    def read(cls, gradebook: Gradebook, exercise: str) -> Scores:
        """As the gradebook has them. Raises CannotDo where it doesn't know the exercise."""
        try:
            assignment = gradebook.find_assignment(exercise)
        except MissingEntry:
            raise CannotDo(
                f"the gradebook has no {exercise}: run nbgrader generate_assignment {exercise}"
            ) from None
        submission, notebook, grade = api.SubmittedAssignment, api.SubmittedNotebook, api.Grade
        penalty = (
            select(func.coalesce(func.sum(notebook.late_submission_penalty), 0.0))
            .where(notebook.assignment_id == submission.id)
            .correlate(submission)
            .scalar_subquery()
        )
        # An extension makes a submission too, before anything is handed in.
        graded = (
            select(grade.id)
            .join(notebook, grade.notebook_id == notebook.id)
            .where(notebook.assignment_id == submission.id)
            .where(
                or_(
                    grade.auto_score.is_not(None),
                    grade.manual_score.is_not(None),
                    grade.needs_manual_grade,
                )
            )
            .exists()
        )
        columns = (
            submission.student_id, submission.score, penalty, submission.needs_manual_grade,
        )  # fmt: skip
        mine = submission.assignment_id == assignment.id
        rows = gradebook.db.execute(select(*columns).where(mine, graded))
        return Scores(
            float(assignment.max_score),
            {
                who: Score(max(0.0, float(score or 0) - float(late)), bool(waits))
                for who, score, late, waits in rows
            },
        )
